import type { WaitClasses } from './wait-classes.ts';

/** Requests counted by how long they waited; gives percentiles of their latency. Counts are expected ones, not whole. */
export interface LatencyCounts {
  readonly total: number;
  /** Mean latency, waiting and being served, ms; 0 when empty. */
  meanMs(): number;
  /** The latency in ms that `fraction` (0..1) of the requests do not exceed, to a few per cent; null when empty. */
  percentileMs(fraction: number): number | null;
  /** Requests whose waits are spread evenly from `fromMs` to `toMs`, or the other way round. */
  addSpan(requests: number, fromMs: number, toMs: number): void;
  /** To the first classes: so many requests times the share of each. */
  addShares(requests: number, shares: Float64Array, classes: number): void;
  add(other: LatencyCounts): void;
  /** Takes out what was added before. */
  remove(other: LatencyCounts): void;
  /** Becomes the same as `other`. */
  copy(other: LatencyCounts): void;
  clear(): void;
  /** Another one of the same classes, with nothing in it. */
  empty(): LatencyCounts;
  /** By class; beyond `used` all are 0. */
  readonly requests: Float64Array;
  readonly used: number;
  readonly waitedMs: number;
}

/** Less than this is what subtraction leaves of nothing. */
const NOTHING = 1e-6;

export function createLatencyCounts(classes: WaitClasses, serviceMs: number): LatencyCounts {
  const { edgesMs, middlesMs, classOf, latenciesMs, within } = classes;
  const requests = new Float64Array(middlesMs.length);
  const last = latenciesMs.length - 1;
  // Of an object: variables would be new numbers on the heap each time, and they change several times a tick.
  const sums = { total: 0, waitedMs: 0, used: 0 };

  const addToSums = (count: number, waitedMs: number): void => {
    sums.total += count;
    sums.waitedMs += waitedMs;
  };
  const addClass = (index: number, count: number): void => {
    requests[index] = (requests[index] as number) + count;
    addToSums(count, count * (middlesMs[index] as number));
    if (index >= sums.used) sums.used = index + 1;
  };
  const clear = (): void => {
    for (let index = 0; index < sums.used; index++) requests[index] = 0;
    sums.used = 0;
    sums.total = 0;
    sums.waitedMs = 0;
  };
  /** How many take at most `latenciesMs[at]`. */
  const below = (at: number): number => {
    const shares = within[at] as Float64Array;
    const { used } = sums;
    let sum = 0;
    for (let index = 0; index < used; index++) {
      sum += (requests[index] as number) * (shares[index] as number);
    }
    return sum;
  };
  /** Where the answer for a fraction was the last time, by its per cents: from one tick to the next it hardly moves. */
  const answers = new Uint8Array(101);

  return Object.assign(sums, {
    requests,
    meanMs(): number {
      const { total, waitedMs } = sums;
      return total > NOTHING ? serviceMs + Math.max(0, waitedMs) / total : 0;
    },
    percentileMs(fraction: number): number | null {
      const { total } = sums;
      if (total <= NOTHING) return null;
      const rank = fraction * total;
      const percents = Math.round(fraction * 100);
      let high = Math.max(1, answers[percents] as number);
      let low = high - 1;
      let belowHigh = below(high);
      let belowLow = below(low);
      for (let step = 1; belowHigh < rank && high < last; step *= 2) {
        low = high;
        belowLow = belowHigh;
        high = Math.min(last, high + step);
        belowHigh = below(high);
      }
      for (let step = 1; belowLow >= rank && low > 0; step *= 2) {
        high = low;
        belowHigh = belowLow;
        low = Math.max(0, low - step);
        belowLow = below(low);
      }
      while (high - low > 1) {
        const middle = (low + high) >>> 1;
        const here = below(middle);
        if (here >= rank) {
          high = middle;
          belowHigh = here;
        } else {
          low = middle;
          belowLow = here;
        }
      }
      answers[percents] = high;
      const share = belowHigh > belowLow ? (rank - belowLow) / (belowHigh - belowLow) : 1;
      const lowMs = latenciesMs[low] as number;
      return lowMs + Math.max(0, Math.min(1, share)) * ((latenciesMs[high] as number) - lowMs);
    },
    addShares(count: number, shares: Float64Array, classes: number): void {
      let { total, waitedMs } = sums;
      for (let index = 0; index < classes; index++) {
        const here = (shares[index] as number) * count;
        requests[index] = (requests[index] as number) + here;
        total += here;
        waitedMs += here * (middlesMs[index] as number);
      }
      sums.total = total;
      sums.waitedMs = waitedMs;
      if (classes > sums.used) sums.used = classes;
    },
    addSpan(count: number, fromMs: number, toMs: number): void {
      const lowMs = Math.max(0, Math.min(fromMs, toMs));
      const highMs = Math.max(0, fromMs, toMs);
      const first = classOf(lowMs);
      const last = classOf(highMs);
      if (first === last) return addClass(first, count);
      for (let index = first; index <= last; index++) {
        const fromEdge = Math.max(lowMs, edgesMs[index] as number);
        const toEdge = index === last ? highMs : (edgesMs[index + 1] as number);
        addClass(index, (count * (toEdge - fromEdge)) / (highMs - lowMs));
      }
    },
    add(other: LatencyCounts): void {
      const { used: others, requests: added } = other;
      for (let index = 0; index < others; index++) {
        requests[index] = (requests[index] as number) + (added[index] as number);
      }
      sums.used = Math.max(sums.used, others);
      addToSums(other.total, other.waitedMs);
    },
    remove(other: LatencyCounts): void {
      const { used: others, requests: removed } = other;
      for (let index = 0; index < others; index++) {
        requests[index] = (requests[index] as number) - (removed[index] as number);
      }
      addToSums(-other.total, -other.waitedMs);
      if (sums.total <= NOTHING) return clear();
      while (sums.used > 0 && (requests[sums.used - 1] as number) <= NOTHING) sums.used--;
    },
    copy(other: LatencyCounts): void {
      const { requests: copied } = other;
      const most = Math.max(sums.used, other.used);
      for (let index = 0; index < most; index++) requests[index] = copied[index] as number;
      sums.used = other.used;
      sums.total = other.total;
      sums.waitedMs = other.waitedMs;
    },
    clear,
    empty: () => createLatencyCounts(classes, serviceMs),
  });
}
