import type { Buckets } from './season-buckets.ts';

/** What a stretch of time was like in the last periods. */
export interface PastPeriods {
  readonly count: number;
  /** The middle one, the lower of two. */
  readonly middleRps: number;
  /** As high as at least two were. */
  readonly highRps: number;
}

/** Periods that are looked at: as many as two oddities among them are outvoted. */
const PERIODS = 4;

/** Where periods are not known (the service was off), so many are looked back at most. */
const PERIODS_BACK = 6;

/** How long the level of now and of then is taken over. */
const LEVEL_MS = 2 * 3_600_000;

/** More than so many times as much as it ever was is not expected for growth alone. */
const MOST_GROWTH = 2;

/**
 * The most of (fromMs, toMs] in each of the last periods, scaled by how now's level compares with the level then.
 * `typicalRps` keeps a ratio of two small numbers from meaning much.
 */
export function pastPeriods(
  buckets: Buckets,
  periodMs: number,
  now: number,
  fromMs: number,
  toMs: number,
  typicalRps: number,
): PastPeriods {
  const levelMs = Math.min(periodMs, LEVEL_MS);
  const nowLevel = levelAt(buckets, now, levelMs);
  const steady = SHRINK * typicalRps;
  const found: number[] = [];
  for (let back = 1; back <= PERIODS_BACK && found.length < PERIODS; back++) {
    const shiftMs = back * periodMs;
    const most = mostOf(buckets, fromMs - shiftMs, toMs - shiftMs);
    if (Number.isNaN(most)) continue;
    const growth = (nowLevel + steady) / (levelAt(buckets, now - shiftMs, levelMs) + steady);
    found.push(most * (Number.isNaN(growth) ? 1 : damped(growth)));
  }
  found.sort((a, b) => a - b);
  const count = found.length;
  return {
    count,
    middleRps: found[(count - 1) >> 1] ?? Number.NaN,
    highRps: found[Math.max(0, count - 2)] ?? Number.NaN,
  };
}

// Private

const SHRINK = 0.1;

const DAMPING = 0.8;

function damped(growth: number): number {
  const moved = growth ** DAMPING;
  return Math.min(MOST_GROWTH, Math.max(1 / MOST_GROWTH, moved));
}

function levelAt(buckets: Buckets, at: number, levelMs: number): number {
  const { widthMs } = buckets;
  const last = Math.ceil(at / widthMs) - 1;
  return buckets.mean(last - Math.round(levelMs / widthMs) + 1, last);
}

function mostOf(buckets: Buckets, fromMs: number, toMs: number): number {
  const { widthMs } = buckets;
  return buckets.maximum(Math.floor(fromMs / widthMs), Math.ceil(toMs / widthMs) - 1);
}
