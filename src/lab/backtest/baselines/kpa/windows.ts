/** The averages of Knative's `pkg/autoscaler/aggregation/bucketing.go`: a ring of buckets of one second. */
export interface Buckets {
  /** Adds to the second of `now`, ms; one that is older than the window is ignored. */
  record(now: number, value: number): void;
  /** Over the seconds there are since the first record; those without one count as 0. */
  windowAverage(now: number): number;
  /** Nothing was recorded for longer than the window. */
  isEmpty(now: number): boolean;
}

export function createBuckets(windowSeconds: number): Buckets {
  const ring = new Float64Array(windowSeconds);
  let total = 0;
  let first = 0;
  let last = -Infinity;

  /** Empties the seconds that have come since the last record. */
  const advance = (second: number): void => {
    if (second - last >= windowSeconds) {
      first = second;
      ring.fill(0);
      total = 0;
    } else {
      for (let passed = last + 1; passed <= second; passed += 1) {
        const index = passed % windowSeconds;
        total -= ring[index] ?? 0;
        ring[index] = 0;
      }
    }
    last = second;
  };

  return {
    record(now, value) {
      const second = Math.floor(now / 1000);
      if (second <= last - windowSeconds) return;
      first = Math.min(first, second);
      if (second > last) advance(second);
      const index = second % windowSeconds;
      ring[index] = (ring[index] ?? 0) + value;
      total += value;
    },
    windowAverage(now) {
      const second = Math.floor(now / 1000);
      const silent = Math.max(0, second - last);
      if (silent >= windowSeconds) return 0;
      let sum = total;
      for (let passed = last + 1; passed <= second; passed += 1) {
        sum -= ring[passed % windowSeconds] ?? 0;
      }
      return toMillionths(sum / Math.min(last - first + 1, windowSeconds - silent));
    },
    isEmpty: (now) => Math.floor(now / 1000) - last > windowSeconds,
  };
}

// Private

/** Sums that shrink and grow leave dust. */
function toMillionths(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}
