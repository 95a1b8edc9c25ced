/** What rates of one replica were seen to hold the latency, and which were not. */
export interface Parting {
  /** So many seconds at this rate, with this latency, were within the promise. */
  good(rps: number, latencyMs: number, seconds: number): void;
  /** And these were not; counted from `retract` or `settle` on for good, until then on trial. */
  bad(rps: number, seconds: number): void;
  settle(): void;
  /** It was not the rate that made them bad. */
  retract(): void;
  /** Time takes the weight of what was seen. */
  age(seconds: number): void;
  /** Another revision: what was seen may be over. */
  doubt(): void;
  read(): Parted;
}

export interface Parted {
  /** The highest rate that held, its latency there and for how long; null: none did. */
  readonly held: {
    readonly rps: number;
    readonly latencyMs: number;
    readonly seconds: number;
  } | null;
  /** The lowest rate above it that did not; null: none such. */
  readonly violatedRps: number | null;
}

/**
 * Rates in bins of 8 %, each with the seconds that were good and bad in it. The rate that parts the two with the least
 * contradiction is where the promise ends: a monotone fit, since more load is never faster. A bad second counts as much as
 * five good ones, for a p95 that is above the promise now and then is one that is not kept.
 */
export function createParting(): Parting {
  const good = new Float64Array(BINS);
  const goodRps = new Float64Array(BINS);
  const goodMs = new Float64Array(BINS);
  const bad = new Float64Array(BINS);
  const badRps = new Float64Array(BINS);
  const trial = new Float64Array(BINS);
  const trialRps = new Float64Array(BINS);
  const all = [good, goodRps, goodMs, bad, badRps, trial, trialRps];
  // Beyond these no bin has anything in it: a service uses a few dozen of them.
  let first = BINS;
  let last = -1;

  const binFor = (rps: number): number => {
    const bin = binOf(rps);
    if (bin < first) first = bin;
    if (bin > last) last = bin;
    return bin;
  };
  const scale = (factor: number): void => {
    for (const each of all)
      for (let bin = first; bin <= last; bin++) each[bin] = at(each, bin) * factor;
  };
  const clearTrial = (): void => {
    trial.fill(0);
    trialRps.fill(0);
  };

  return {
    good(rps, latencyMs, seconds) {
      const bin = binFor(rps);
      const rest = Math.min(1, MOST_GOOD_S / (at(good, bin) + seconds));
      good[bin] = (at(good, bin) + seconds) * rest;
      goodRps[bin] = (at(goodRps, bin) + rps * seconds) * rest;
      goodMs[bin] = (at(goodMs, bin) + latencyMs * seconds) * rest;
    },
    bad(rps, seconds) {
      const bin = binFor(rps);
      const rest = Math.min(1, MOST_BAD_S / (at(trial, bin) + seconds));
      trial[bin] = (at(trial, bin) + seconds) * rest;
      trialRps[bin] = (at(trialRps, bin) + rps * seconds) * rest;
    },
    settle() {
      for (let bin = first; bin <= last; bin++) {
        const sum = at(bad, bin) + at(trial, bin);
        if (sum === 0) continue;
        const rest = Math.min(1, MOST_BAD_S / sum);
        bad[bin] = sum * rest;
        badRps[bin] = (at(badRps, bin) + at(trialRps, bin)) * rest;
      }
      clearTrial();
    },
    retract: clearTrial,
    age(seconds) {
      scale(2 ** (-seconds / HALF_LIFE_S));
    },
    doubt() {
      clearTrial();
      scale(DOUBTED);
    },
    read() {
      const end = partedAt({ good, bad, trial, first, last });
      let held: Parted['held'] = null;
      const top = highest(good, end, LEAST_GOOD_S) ?? highest(good, end, FIRST_GOOD_S);
      if (top !== null) {
        const seconds = at(good, top);
        held = {
          rps: at(goodRps, top) / seconds,
          latencyMs: at(goodMs, top) / seconds,
          seconds: around(good, top),
        };
      }
      for (let bin = Math.max(end, first); bin <= last; bin++) {
        const seconds = at(bad, bin) + at(trial, bin);
        if (seconds < LEAST_BAD_S) continue;
        return { held, violatedRps: (at(badRps, bin) + at(trialRps, bin)) / seconds };
      }
      return { held, violatedRps: null };
    },
  };
}

// Private

const RATIO = Math.log(1.08);
const SLOWEST = 1e-3;
/** From one request in a quarter of an hour to half a million a second. */
const BINS = 260;

const BAD_COUNTS = 5;
const MOST_GOOD_S = 600;
const MOST_BAD_S = 120;
/** Less is chance. */
const LEAST_GOOD_S = 20;
/** As long as there is nothing better. */
const FIRST_GOOD_S = 3;
const LEAST_BAD_S = 5;
const NEXT_BINS = 2;
const HALF_LIFE_S = 2 * 3600;
const DOUBTED = 0.05;

function binOf(rps: number): number {
  const bin = Math.floor(Math.log(Math.max(rps, SLOWEST) / SLOWEST) / RATIO);
  return Math.min(BINS - 1, bin);
}

interface Bins {
  readonly good: Float64Array;
  readonly bad: Float64Array;
  readonly trial: Float64Array;
  readonly first: number;
  readonly last: number;
}

/** The first bin that is on the bad side. */
function partedAt({ good, bad, trial, first, last }: Bins): number {
  let cost = 0;
  let least = 0;
  let end = 0;
  for (let bin = first; bin <= last; bin++) {
    cost += BAD_COUNTS * (at(bad, bin) + at(trial, bin)) - at(good, bin);
    if (cost < least) {
      least = cost;
      end = bin + 1;
    }
  }
  return end;
}

/** The highest bin below `end` with so much in it. */
function highest(bins: Float64Array, end: number, leastS: number): number | null {
  for (let bin = end - 1; bin >= 0; bin--) if (at(bins, bin) >= leastS) return bin;
  return null;
}

/** Of the bins next below as well: a rate is never quite the same. */
function around(bins: Float64Array, bin: number): number {
  let sum = 0;
  for (let each = bin; each >= Math.max(0, bin - NEXT_BINS); each--) sum += at(bins, each);
  return sum;
}

function at(bins: Float64Array, bin: number): number {
  return bins[bin] as number;
}
