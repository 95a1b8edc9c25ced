/**
 * A latency histogram with log-linear buckets (relative error ≤ 1/64), cheap to add up: a window is the sum of its
 * samples. Values in ms; weights stand for requests that were not logged.
 */
export interface LatencyHistogram {
  /** bucket index → weight; sparse. */
  readonly buckets: ReadonlyMap<number, number>;
  readonly total: number;
}

/** One that is being filled; hand it out as a `LatencyHistogram`. */
export interface MutableHistogram extends LatencyHistogram {
  readonly buckets: Map<number, number>;
  total: number;
}

/** Buckets per octave: a bucket is at most 1/64 of its value wide, and its middle is off by half of that. */
export const OCTAVE = 64;

/** Indices are 0 to here: 1 µs to 71 minutes; what is longer counts as 71 minutes. */
export const BUCKETS = 27 * OCTAVE;

const LONGEST_US = 2 ** 32 - 1;

export function createHistogram(): MutableHistogram {
  return { buckets: new Map(), total: 0 };
}

/** Adds a latency in ms, `weight` times. A negative one counts as 0; NaN and weights that are not above 0 are ignored. */
export function addLatency(histogram: MutableHistogram, valueMs: number, weight = 1): void {
  if (Number.isNaN(valueMs) || !(weight > 0) || weight === Infinity) return;
  addWeight(histogram, bucketOf(valueMs), weight);
}

/** Adds all of `other` to `histogram`. */
export function mergeInto(histogram: MutableHistogram, other: LatencyHistogram): void {
  for (const [bucket, weight] of other.buckets) addWeight(histogram, bucket, weight);
}

/** The latency in ms that `fraction` (0..1) of the weight does not exceed (nearest rank), or null when it is empty. */
export function percentileMs(histogram: LatencyHistogram, fraction: number): number | null {
  const ascending = [...histogram.buckets].sort(([a], [b]) => a - b);
  const rank = fraction * histogram.total;
  let seen = 0;
  for (const [bucket, weight] of ascending) {
    seen += weight;
    if (seen >= rank) return middleMs(bucket);
  }
  // Sums of fractional weights may fall short of the total by a rounding.
  const last = ascending.at(-1);
  return last ? middleMs(last[0]) : null;
}

/** The bucket of a latency in ms: below 64 µs one per microsecond, above that 64 per octave. */
export function bucketOf(valueMs: number): number {
  const us = Math.min(LONGEST_US, Math.max(0, Math.floor(valueMs * 1000)));
  const shift = Math.max(0, 25 - Math.clz32(us));
  return shift * OCTAVE + (us >>> shift);
}

/** The latency in ms that stands for all in a bucket: its middle, and 0 for the first. */
export function middleMs(bucket: number): number {
  if (bucket === 0) return 0;
  const shift = Math.max(0, Math.floor(bucket / OCTAVE) - 1);
  const lowestUs = (bucket - shift * OCTAVE) * 2 ** shift;
  return (lowestUs + 2 ** shift / 2) / 1000;
}

// Private

function addWeight(histogram: MutableHistogram, bucket: number, weight: number): void {
  histogram.buckets.set(bucket, (histogram.buckets.get(bucket) ?? 0) + weight);
  histogram.total += weight;
}
