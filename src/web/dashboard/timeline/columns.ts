import { gapOf } from '../points.ts';
import type { Point } from '../points.ts';
import { SERIES, indexOf } from '../series.ts';
import type { Series } from '../series.ts';

/** One array of times in seconds and one for each series, as the drawing wants them. */
export type Columns = [xs: number[], ...ys: (number | null)[][]];

/** Where nothing was recorded for longer than usual there is a gap, and no line across it. */
export function columnsOf(points: readonly Point[], stepMs: number): Columns {
  const gapMs = gapOf(points, stepMs);
  const xs: number[] = [];
  const ys = SERIES.map((): (number | null)[] => []);
  let before: number | null = null;
  for (const { at, values } of points) {
    if (before !== null && at - before > gapMs) {
      xs.push((before + stepMs) / 1000);
      for (const column of ys) column.push(null);
    }
    xs.push(at / 1000);
    for (const [index, column] of ys.entries()) column.push(drawnValue(index, values));
    before = at;
  }
  return [xs, ...ys];
}

/** Where a value stands between gaps: a line of one point would not be seen. */
export function loneOf(values: readonly (number | null | undefined)[]): number[] {
  return values.flatMap((value, at) =>
    isKnown(value) && !isKnown(values[at - 1]) && !isKnown(values[at + 1]) ? [at] : [],
  );
}

// Private

function isKnown(value: number | null | undefined): boolean {
  return value !== null && value !== undefined;
}

function drawnValue(index: number, values: Point['values']): number | null {
  const value = values[index] ?? null;
  const { rare, onTopOf } = SERIES[index] as Series;
  if (value === null || (rare && value === 0)) return null;
  return onTopOf === undefined ? value : value + (values[indexOf(onTopOf)] ?? 0);
}
