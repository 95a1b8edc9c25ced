/**
 * How much of what a trend foretold has come true, lately and before: a trend that turns round before a replica could
 * have started is not worth following, and one that goes on is. Learned as a histogram of parts, the newest counting most.
 */
export interface Trust {
  /** `part` of a foretold rise came about (0: nothing or less); `weight` 0..1, how much of a rise it was. */
  learn(part: number, weight: number): void;
  /** Enough trends were seen to go by them. */
  readonly isTried: boolean;
  /** In the middle of what came about. */
  readonly typical: number;
}

export function createTrust(): Trust {
  const bins = new Float64Array(BINS);
  bins[FIRST] = 1;
  let total = 1;
  let typical = 1;

  const median = (): number => {
    let sum = 0;
    let bin = 0;
    while (bin < BINS - 1 && sum + (bins[bin] as number) < total / 2) sum += bins[bin++] as number;
    return (bin + 1) / PER_WHOLE;
  };

  return {
    learn(part, weight) {
      for (let bin = 0; bin < BINS; bin++) bins[bin] = (bins[bin] as number) * FORGETTING;
      const bin = Math.floor(Math.max(0, part) * PER_WHOLE);
      const kept = Math.min(BINS - 1, bin);
      bins[kept] = (bins[kept] as number) + weight;
      total = total * FORGETTING + weight;
      typical = median();
    },
    get isTried() {
      return total >= TRIED;
    },
    get typical() {
      return typical;
    },
  };
}

// Private

const PER_WHOLE = 16;
const BINS = 24;

/** Before anything is known a trend is believed, as one rise that came about would have it. */
const FIRST = PER_WHOLE - 1;

const TRIED = 10;

/** Of two thousand rises half is forgotten. */
const FORGETTING = 2 ** (-1 / 2_000);
