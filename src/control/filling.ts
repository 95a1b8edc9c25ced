import type { HistogramCount } from './control.ts';

/** A histogram that is being filled; the buckets are not cumulative yet. */
export interface Filling {
  readonly perBound: number[];
  sumSeconds: number;
  count: number;
}

export function emptyFilling(bounds: readonly number[]): Filling {
  return { perBound: bounds.map(() => 0), sumSeconds: 0, count: 0 };
}

/** `bounds` in seconds, ascending; those of `emptyFilling`. */
export function fill(
  filling: Filling,
  bounds: readonly number[],
  seconds: number,
  weight: number,
): void {
  const index = bounds.findIndex((bound) => seconds <= bound);
  if (index >= 0) filling.perBound[index] = (filling.perBound[index] ?? 0) + weight;
  filling.sumSeconds += seconds * weight;
  filling.count += weight;
}

export function shownAs(
  { perBound, sumSeconds, count }: Filling,
  bounds: readonly number[],
): HistogramCount {
  let below = 0;
  const buckets = bounds.map((leSeconds, index) => {
    below += perBound[index] ?? 0;
    return { leSeconds, count: below };
  });
  return { buckets, sumSeconds, count };
}
