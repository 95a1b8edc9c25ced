import { timeStep } from './axis.ts';
import type { Series, Timeline } from './report.ts';

export interface TimelineRow {
  readonly atS: number;
  /** As many as there are series, panel after panel. */
  readonly values: readonly (number | null)[];
}

const MOST_ROWS = 240;

/** A value is still that of a later row when its series has not gone on for less than so many of its usual spans. */
const HOLDS_SPANS = 3;

/**
 * The same as the pictures, as a table: a row for each round span of time, in it the largest value within the span, or the
 * one that holds on from before.
 */
export function timelineRows({ panels, durationS }: Timeline): {
  readonly stepS: number;
  readonly rows: readonly TimelineRow[];
} {
  const series = panels.flatMap((panel) => panel.series);
  const finest = Math.min(...series.map(usualSpanS));
  const stepS = timeStep(Math.max(durationS / MOST_ROWS, Number.isFinite(finest) ? finest : 0));
  const count = Math.max(1, Math.ceil(durationS / stepS - 1e-9));
  const columns = series.map((each) => columnOf(each, stepS, count));
  return {
    stepS,
    rows: Array.from({ length: count }, (_, index) => ({
      atS: Number((index * stepS).toFixed(1)),
      values: columns.map((column) => column[index] ?? null),
    })),
  };
}

// Private

/** The median distance of two points. */
function usualSpanS({ points }: Series): number {
  const spans = points.slice(1).map(([atS], index) => atS - (points[index]?.[0] ?? 0));
  return spans.sort((a, b) => a - b)[Math.floor(spans.length / 2)] ?? Infinity;
}

function columnOf(series: Series, stepS: number, count: number): readonly (number | null)[] {
  const { points, shape } = series;
  const holdsS = shape === 'step' ? Infinity : HOLDS_SPANS * usualSpanS(series);
  let next = 0;
  let held: Series['points'][number] | null = null;
  return Array.from({ length: count }, (_, index) => {
    const endS = index === count - 1 ? Infinity : (index + 1) * stepS;
    let most: number | null = null;
    let any = false;
    for (; (points[next]?.[0] ?? Infinity) < endS; next++) {
      held = points[next] ?? null;
      any = true;
      const value = held?.[1] ?? null;
      if (value !== null) most = Math.max(most ?? value, value);
    }
    if (any) return most;
    return held !== null && index * stepS - held[0] <= holdsS ? held[1] : null;
  });
}
