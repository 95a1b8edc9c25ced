/** The load of the last minutes, observation by observation; what levels and trends are read from. */
export interface RateHistory {
  /** Requests a second since the observation before. After a gap it begins anew. */
  observe(at: number, rps: number): void;
  /** Observations that follow one another without a gap. */
  readonly count: number;
  /** Mean of requests a second between so many observations ago and so many ago; NaN: not known so far back. */
  meanRps(fromAgo: number, untilAgo: number): number;
}

/** @param mostAgo how many observations back it can be asked; a power of two. The newest always. */
export function createRateHistory(intervalMs: number, mostAgo: number): RateHistory {
  const most = Math.max(2, mostAgo);
  const ends = new Float64Array(most);
  const totals = new Float64Array(most);
  const mask = most - 1;
  let newest = 0;
  let count = 0;

  return {
    observe(at, rps) {
      const before = ends[newest & mask] as number;
      const isNext = count > 0 && at > before && at - before <= GAP * intervalMs;
      const spanMs = isNext ? at - before : intervalMs;
      if (!isNext) {
        newest = 0;
        count = 0;
        ends[0] = at - spanMs;
        totals[0] = 0;
      }
      const total = (totals[newest & mask] as number) + (rps * spanMs) / 1000;
      newest++;
      ends[newest & mask] = at;
      totals[newest & mask] = total;
      count = Math.min(count + 1, most - 1);
    },
    get count() {
      return count;
    },
    meanRps(fromAgo, untilAgo) {
      if (fromAgo > count) return Number.NaN;
      const from = (newest - fromAgo) & mask;
      const until = (newest - untilAgo) & mask;
      const ms = (ends[until] as number) - (ends[from] as number);
      return (((totals[until] as number) - (totals[from] as number)) * 1000) / ms;
    },
  };
}

// Private

/** Of what lies between observations further apart than so many intervals nothing is known. */
const GAP = 3.5;
