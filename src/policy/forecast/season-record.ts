import type { Rates } from './season-buckets.ts';
import { createProfile } from './season-profile.ts';

/** What one period would have been worth as a forecast, lately. */
export interface TrackRecord {
  readonly periodMs: number;
  /** The mean over the last periods, for ratios of small numbers. */
  readonly typicalRps: number;
  /** These buckets are full: what would have been said of them, a while before? In the order of time. */
  judge(first: number, last: number): void;
  /** 0..1 */
  strength(): number;
}

/** What is older than a period (a day, of longer ones) counts half. */
const LONGEST_HALF_LIFE_MS = 24 * 3_600_000;

/**
 * Forecasts are judged as if made `leadMs` before their time. What has passed within the last few periods is judged at
 * once.
 */
export function createTrackRecord(rates: Rates, periodMs: number, leadMs: number): TrackRecord {
  const { widthMs } = rates;
  const lead = Math.max(1, Math.round(leadMs / widthMs));
  const profile = createProfile(rates, periodMs);
  const halfLife = Math.min(periodMs, LONGEST_HALF_LIFE_MS) / widthMs;
  const fade = 0.5 ** (1 / halfLife);
  const span = Math.round(HALF_LIVES_JUDGED * halfLife);
  let typicalRps = 0;
  let missed = 0;
  let gained = 0;

  const judge = (index: number): void => {
    const actual = rates.rps(index);
    if (Number.isNaN(actual)) return;
    missed *= fade;
    gained *= fade;
    const asItWas = rates.mean(index - 2 * lead + 1, index - lead);
    const fromMs = index * widthMs;
    profile.lookFrom(fromMs - (lead - 1) * widthMs, typicalRps);
    const past = profile.most(fromMs, fromMs + widthMs);
    if (past.count === 0 || Number.isNaN(asItWas)) return;
    const foreseen = Math.max(asItWas, past.middleRps);
    missed += Math.max(0, actual - asItWas);
    gained += Math.max(0, actual - asItWas) - Math.max(0, actual - foreseen);
    gained -= Math.max(0, foreseen - Math.max(actual, asItWas));
  };

  const updateTypical = (index: number): void => {
    const mean = rates.mean(index - Math.round(periodMs / widthMs) + 1, index);
    if (!Number.isNaN(mean)) typicalRps = mean;
  };

  const record: TrackRecord = {
    periodMs,
    get typicalRps() {
      return typicalRps;
    },
    judge(first, last) {
      for (let index = Math.max(first, last - span + 1, rates.oldest); index <= last; index++) {
        updateTypical(index);
        judge(index);
      }
    },
    strength: () => (missed > 0 ? Math.min(1, Math.max(0, gained / missed)) : 0),
  };
  record.judge(rates.oldest, rates.newest - 1);
  return record;
}

// Private

const HALF_LIVES_JUDGED = 4;
