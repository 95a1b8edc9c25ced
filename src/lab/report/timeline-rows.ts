import { timeStep } from './axis.ts';
import type { Series, Timeline } from './report.ts';

export interface TimelineRow {
  readonly atS: number;
  /** As many as there are series, panel after panel. */
  readonly values: readonly (number | null)[];
}

const MOST_ROWS = 240;

/**
 * A row into which no point falls has the value of the nearest, when its middle is no further from it than so many of the
 * usual spans: half a span is what a point stands for, the rest for moments that are not quite even.
 */
const REACHES_SPANS = 0.75;

/**
 * The same as the pictures, as a table: a row for each round span of time, in it the largest value within the span. Of a
 * step that holds on it is the one from before; where nothing was measured there is none.
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
  const reachS = REACHES_SPANS * usualSpanS(series);
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
    if (shape === 'step') return held?.[1] ?? null;
    const middleS = (index + 0.5) * stepS;
    const away = (point: Series['points'][number] | null): number =>
      point === null ? Infinity : Math.abs(point[0] - middleS);
    const after = points[next] ?? null;
    const nearest = away(after) < away(held) ? after : held;
    return away(nearest) <= reachS ? (nearest?.[1] ?? null) : null;
  });
}
