/**
 * A latency histogram with log-linear buckets (relative error ≤ 1/64), cheap to add up: a window is the sum of its
 * samples. Values in ms; weights stand for requests that were not logged.
 */
export interface LatencyHistogram {
  /** bucket index → weight; sparse. */
  readonly buckets: ReadonlyMap<number, number>;
  readonly total: number;
}
