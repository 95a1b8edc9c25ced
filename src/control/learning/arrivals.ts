/** What has come since it was last asked: a rise shows here at once, and late in the mean over a window. */
export interface Arrivals {
  /** Null: the gateway did not tell. */
  add(requests: number | null, spanMs: number): void;
  /** Requests a second since the last time; null: not all of it was told. */
  take(): number | null;
}

export function createArrivals(): Arrivals {
  let requests: number | null = 0;
  let coveredMs = 0;
  return {
    add(more, spanMs) {
      requests = more === null || requests === null ? null : requests + more;
      coveredMs += spanMs;
    },
    take() {
      const rps = requests === null || coveredMs <= 0 ? null : (requests / coveredMs) * 1000;
      [requests, coveredMs] = [0, 0];
      return rps;
    },
  };
}
