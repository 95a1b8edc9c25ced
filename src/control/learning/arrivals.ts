/** What has come since it was last asked: a rise shows here at once, and late in the mean over a window. */
export interface Arrivals {
  /** Null: the gateway did not tell. Gives what that is a second; null: it was not told, or took no time. */
  add(requests: number | null, spanMs: number): number | null;
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
      return perSecond(more, spanMs);
    },
    take() {
      const rps = perSecond(requests, coveredMs);
      [requests, coveredMs] = [0, 0];
      return rps;
    },
  };
}

// Private

function perSecond(requests: number | null, spanMs: number): number | null {
  return requests === null || spanMs <= 0 ? null : (requests / spanMs) * 1000;
}
