/**
 * Lengths of time in buckets that grow by a tenth: bucket n holds what is longer than 1.1^(n-1) ms and at most 1.1^n ms,
 * bucket 0 everything up to one. A percentile read from them is at most a tenth too high.
 */
const GROWTH = Math.log(1.1);

/** The bucket of a time; a clock that was set back gives 0. */
export function bucketOf(spanMs: number): number {
  return spanMs <= 1 ? 0 : Math.ceil(Math.log(spanMs) / GROWTH - 1e-9);
}

/** The longest time that falls into a bucket, ms. */
export function longestMs(bucket: number): number {
  return Math.exp(bucket * GROWTH);
}

/** The nearest-rank percentile of counts by bucket; null: there are none. `share` is 0..1. */
export function percentileMs(
  counts: Readonly<Record<string, number>>,
  share: number,
): number | null {
  const buckets = Object.entries(counts)
    .map(([bucket, count]) => [Number(bucket), count] as const)
    .toSorted(([a], [b]) => a - b);
  const total = buckets.reduce((sum, [, count]) => sum + count, 0);
  let left = Math.max(1, Math.ceil(share * total));
  for (const [bucket, count] of buckets) {
    left -= count;
    if (left <= 0) return longestMs(bucket);
  }
  return null;
}
