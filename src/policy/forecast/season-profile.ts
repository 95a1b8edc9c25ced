import type { Rates } from './season-buckets.ts';

/** The last periods of one length, looked at from one moment, scaled by how its level compares with the level then. */
export interface Profile {
  /** `typicalRps` keeps a ratio of two small numbers from meaning much. */
  lookFrom(now: number, typicalRps: number): void;
  /** The most of (fromMs, toMs] one period ago and before. */
  most(fromMs: number, toMs: number): PastPeriods;
}

export interface PastPeriods {
  /** How many of the periods are known. */
  readonly count: number;
  /** The middle one, the lower of two. NaN: none is known. */
  readonly middleRps: number;
  /** As high as at least two were. */
  readonly highRps: number;
}

export function createProfile(rates: Rates, periodMs: number): Profile {
  const { widthMs } = rates;
  const levelBuckets = Math.round(Math.min(periodMs, LEVEL_MS) / widthMs);
  const growths = new Float64Array(PERIODS_BACK + 1);
  let lookedFrom = 0;
  let level = 0;
  let steadyRps = 0;
  const ascending = new Float64Array(PERIODS);

  const levelAt = (at: number): number => {
    const last = Math.ceil(at / widthMs) - 1;
    return rates.mean(last - levelBuckets + 1, last);
  };

  const growthSince = (back: number): number => {
    if (Number.isNaN(growths[back]!)) {
      growths[back] = damped(level / (levelAt(lookedFrom - back * periodMs) + steadyRps));
    }
    return growths[back]!;
  };

  return {
    lookFrom(now, typicalRps) {
      lookedFrom = now;
      steadyRps = SHRINK * typicalRps;
      level = levelAt(now) + steadyRps;
      growths.fill(Number.NaN);
    },
    most(fromMs, toMs) {
      let count = 0;
      for (let back = 1; back <= PERIODS_BACK && count < PERIODS; back++) {
        const first = Math.floor((fromMs - back * periodMs) / widthMs);
        const last = Math.ceil((toMs - back * periodMs) / widthMs) - 1;
        const then = rates.maximum(first, last);
        if (Number.isNaN(then)) continue;
        const rps = then * growthSince(back);
        let place = count++;
        for (; place > 0 && ascending[place - 1]! > rps; place--) {
          ascending[place] = ascending[place - 1]!;
        }
        ascending[place] = rps;
      }
      if (count === 0) return NONE_KNOWN;
      return {
        count,
        middleRps: ascending[(count - 1) >> 1]!,
        highRps: ascending[Math.max(0, count - 2)]!,
      };
    },
  };
}

// Private

/** As many as one oddity among them is outvoted, also where one of them is not known. */
const PERIODS = 4;

/** Where some are not known (the service was off), others from before are taken. */
const PERIODS_BACK = 6;

/** How long the level of now and of then is taken over: of shorter periods, the whole. */
const LEVEL_MS = 3_600_000;

const SHRINK = 0.1;

const DAMPING = 0.8;

/** More than so many times what it was is not expected for growth alone. */
const MOST_GROWTH = 2;

const NONE_KNOWN: PastPeriods = { count: 0, middleRps: Number.NaN, highRps: Number.NaN };

function damped(growth: number): number {
  // Nothing known of the level, or nothing there at both times.
  if (Number.isNaN(growth)) return 1;
  return Math.min(MOST_GROWTH, Math.max(1 / MOST_GROWTH, 1 + DAMPING * (growth - 1)));
}
