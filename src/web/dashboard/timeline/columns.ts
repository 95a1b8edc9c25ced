import type { Point } from '../points.ts';
import { SERIES, indexOf } from '../series.ts';
import type { Series } from '../series.ts';

/** One array of times in seconds and one for each series, as the drawing wants them. */
export type Columns = [xs: number[], ...ys: (number | null)[][]];

/** Where nothing was recorded for longer than usual there is a gap, and no line across it. */
export function columnsOf(points: readonly Point[], stepMs: number): Columns {
  const gapMs = 3 * Math.max(stepMs, usualDistance(points));
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

// Private

function drawnValue(index: number, values: Point['values']): number | null {
  const value = values[index] ?? null;
  const { rare, onTopOf } = SERIES[index] as Series;
  if (value === null || (rare && value === 0)) return null;
  return onTopOf === undefined ? value : value + (values[indexOf(onTopOf)] ?? 0);
}

/** The median: a service may be looked at less often than the range has steps. */
function usualDistance(points: readonly Point[]): number {
  const distances = points
    .slice(1)
    .map(({ at }, index) => at - (points[index] as Point).at)
    .sort((one, other) => one - other);
  return distances[Math.floor(distances.length / 2)] ?? 0;
}
