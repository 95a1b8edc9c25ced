/** Mean rates of the recent past in buckets of one width. An index counts widths since the epoch. */
export interface Rates {
  readonly widthMs: number;
  /** Of the oldest bucket that is kept; beyond `newest` while there is none. */
  readonly oldest: number;
  /** Mostly not full yet. */
  readonly newest: number;
  /** NaN where nothing is known. */
  rps(index: number): number;
  /** Of the buckets from `first` to `last`; NaN where nothing is known of any. */
  mean(first: number, last: number): number;
  maximum(first: number, last: number): number;
}

/** They are filled in the order of time and forget the oldest. */
export interface Buckets extends Rates {
  /** The mean of (fromMs, toMs]; not before what was added last. */
  add(fromMs: number, toMs: number, rps: number): void;
  /** The clock was set back: what lies after `at` was never so. */
  forgetAfter(at: number): void;
}

/** Memory is 16 bytes a bucket and grows with the history to `capacity` buckets. */
export function createBuckets(widthMs: number, capacity: number): Buckets {
  let ring = emptyRing(Math.min(FIRST_SIZE, capacity));
  let oldest = 0;
  let newest = -1;
  let sum = 0;
  let weightMs = 0;

  /** Sums run on over the whole ring, so that the mean of any stretch is one subtraction. */
  const put = (index: number, rps: number): void => {
    const slot = index % ring.size;
    const before = (index - 1 + ring.size) % ring.size;
    const isFirst = index === oldest;
    const known = Number.isNaN(rps) ? 0 : 1;
    ring.rps[slot] = rps;
    ring.sums[slot] = (isFirst ? 0 : ring.sums[before]!) + (known ? rps : 0);
    ring.counts[slot] = (isFirst ? 0 : ring.counts[before]!) + known;
  };

  const advance = (index: number): void => {
    if (newest < oldest || index - newest >= capacity) {
      oldest = index;
      newest = index - 1;
    }
    while (index - oldest >= ring.size && ring.size < capacity) grow();
    while (newest < index) {
      newest++;
      if (newest - oldest >= ring.size) oldest++;
      put(newest, Number.NaN);
    }
    sum = 0;
    weightMs = 0;
  };

  const grow = (): void => {
    const larger = emptyRing(Math.min(ring.size * 2, capacity));
    for (let index = oldest; index <= newest; index++) {
      larger.rps[index % larger.size] = ring.rps[index % ring.size]!;
      larger.sums[index % larger.size] = ring.sums[index % ring.size]!;
      larger.counts[index % larger.size] = ring.counts[index % ring.size]!;
    }
    ring = larger;
  };

  const rpsOf = (index: number): number =>
    index < oldest || index > newest ? Number.NaN : ring.rps[index % ring.size]!;

  return {
    widthMs,
    get oldest() {
      return oldest;
    },
    get newest() {
      return newest;
    },
    add(fromMs, toMs, rps) {
      const last = Math.ceil(toMs / widthMs) - 1;
      const first = Math.min(Math.floor(fromMs / widthMs), last);
      for (let index = first; index <= last; index++) {
        if (index < newest) continue;
        if (index > newest) advance(index);
        const spanMs = Math.min(toMs, (index + 1) * widthMs) - Math.max(fromMs, index * widthMs);
        sum += rps * spanMs;
        weightMs += spanMs;
        if (weightMs > 0) put(index, sum / weightMs);
      }
    },
    rps: rpsOf,
    mean(first, last) {
      const from = Math.max(first, oldest);
      const to = Math.min(last, newest);
      if (to < from) return Number.NaN;
      const end = to % ring.size;
      // The oldest one's own running sum begins somewhere before it.
      const beginRps = ring.rps[from % ring.size]!;
      const beginKnown = !Number.isNaN(beginRps);
      const begin = from % ring.size;
      const total = ring.sums[end]! - ring.sums[begin]! + (beginKnown ? beginRps : 0);
      const count = ring.counts[end]! - ring.counts[begin]! + (beginKnown ? 1 : 0);
      return count === 0 ? Number.NaN : Math.max(0, total / count);
    },
    maximum(first, last) {
      let highest = Number.NaN;
      const to = Math.min(last, newest);
      for (let index = Math.max(first, oldest); index <= to; index++) {
        const rps = ring.rps[index % ring.size]!;
        if (!(rps <= highest) && !Number.isNaN(rps)) highest = rps;
      }
      return highest;
    },
    forgetAfter(at) {
      newest = Math.min(newest, Math.ceil(at / widthMs) - 1);
      if (newest < oldest) oldest = newest + 1;
      sum = 0;
      weightMs = 0;
    },
  };
}

// Private

const FIRST_SIZE = 1024;

interface Ring {
  readonly size: number;
  readonly rps: Float32Array;
  readonly sums: Float64Array;
  readonly counts: Int32Array;
}

function emptyRing(size: number): Ring {
  return {
    size,
    rps: new Float32Array(size),
    sums: new Float64Array(size),
    counts: new Int32Array(size),
  };
}
