import { createBuckets } from './season-buckets.ts';
import type { RangeForecast } from './season-range.ts';
import { createSeasonRange } from './season-range.ts';

/**
 * Seasons of one service's load: what comes back by the day, the week, the hour or every few minutes. They are found,
 * not configured, and forgotten when they stop holding. Pure: it knows what it was told and no clock.
 */
export interface Seasons {
  /** `rps` is the mean since the observation before; null: not measured. In the order of time, at any intervals; where the clock was set back, what lay after is forgotten. */
  observe(at: number, rps: number | null): void;
  /** What past periods say of the time ahead; null: too little history (less than two periods), or no season that holds. */
  read(now: number, horizonMs: number, keepMs: number): SeasonForecast | null;
}

/** Requests a second of all replicas together, scaled to the level of now: what past periods were at their most. */
export interface SeasonForecast {
  /** Of the season that asks for most; there may be others. */
  readonly periodMs: number;
  /** As it was at this time, in the middle one of the last periods. */
  readonly nowRps: number;
  /** The most over [now, now + horizonMs], as it was in the middle one of the last periods. */
  readonly expectedRps: number;
  /** The same, on the safe side: as high as at least two of the last periods were, a little before and after included. Never below `expectedRps`. */
  readonly readyRps: number;
  /** `readyRps` over [now, now + keepMs]. */
  readonly keepRps: number;
  /** How much history there is, gaps included. */
  readonly historyMs: number;
  /** 0..1: the share of what a forecast of "as it is now" lately missed that the season foresaw, less what it foresaw in vain. */
  readonly strength: number;
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** An observation stands for the time since the one before, unless that is longer ago. */
const LONGEST_SPAN_MS = 5 * MINUTE;

/** More is no load but a mistake. */
const MOST_RPS = 1e12;

/** About 2 MB once there are sixty days of history; about 0.2 µs an observation. */
export function createSeasons(): Seasons {
  const seconds = createBuckets(5 * SECOND, (25 * HOUR) / (5 * SECOND));
  const minutes = createBuckets(MINUTE, (60 * DAY) / MINUTE);
  const quarters = createBuckets(15 * MINUTE, (60 * DAY) / (15 * MINUTE));
  const buckets = [seconds, minutes, quarters];
  const ofMinutes = createSeasonRange({
    coarse: seconds,
    sharp: seconds,
    minPeriodMs: MINUTE,
    maxPeriodMs: 45 * MINUTE,
    usualPeriodsMs: [],
    searchEveryMs: 30 * MINUTE,
    leadMs: 30 * SECOND,
    shorter: null,
  });
  const ofHours = createSeasonRange({
    coarse: minutes,
    sharp: seconds,
    minPeriodMs: 40 * MINUTE,
    maxPeriodMs: 6 * HOUR,
    usualPeriodsMs: [],
    searchEveryMs: 2 * HOUR,
    leadMs: 5 * MINUTE,
    shorter: ofMinutes,
  });
  const ofDays = createSeasonRange({
    coarse: quarters,
    sharp: minutes,
    minPeriodMs: 5 * HOUR,
    maxPeriodMs: 36 * HOUR,
    usualPeriodsMs: [DAY, 7 * DAY],
    searchEveryMs: 3 * HOUR,
    leadMs: HOUR,
    shorter: ofMinutes,
  });
  // In this order: each looks beneath what a shorter one has found.
  const ranges = [ofMinutes, ofHours, ofDays];
  let newestAt: number | null = null;
  // What was told of the newest bucket, until it is over: three buckets are not touched each second.
  const newest5s = { fromMs: 0, toMs: 0, requests: 0 };
  // Asked each second, most answers are the one before: ranges are asked anew where a bucket moved on.
  const asked = { bucket: -1, newest: -1, horizonMs: -1, keepMs: -1 };
  let newest: RangeForecast | null = null;
  let answer: SeasonForecast | null = null;

  const isAsked = (now: number, horizonMs: number, keepMs: number): boolean => {
    const bucket = Math.floor(now / seconds.widthMs);
    if (
      bucket === asked.bucket &&
      seconds.newest === asked.newest &&
      horizonMs === asked.horizonMs &&
      keepMs === asked.keepMs
    )
      return true;
    asked.bucket = bucket;
    asked.newest = seconds.newest;
    asked.horizonMs = horizonMs;
    asked.keepMs = keepMs;
    return false;
  };

  const settle = (): void => {
    const { fromMs, toMs, requests } = newest5s;
    if (toMs === fromMs) return;
    for (const each of buckets) each.add(fromMs, toMs, requests / (toMs - fromMs));
    newest5s.fromMs = toMs;
    newest5s.requests = 0;
  };

  return {
    observe(at, rps) {
      if (!Number.isFinite(at) || at < 0) return;
      if (newestAt !== null && at < newestAt) {
        settle();
        for (const each of buckets) each.forgetAfter(at);
        for (const each of ranges) each.forget();
        asked.bucket = -1;
        newestAt = null;
      }
      const fromMs = Math.max(newestAt ?? 0, at - (newestAt === null ? SECOND : LONGEST_SPAN_MS));
      newestAt = at;
      if (rps === null || !(rps >= 0 && rps <= MOST_RPS) || fromMs >= at) return;
      const endsMs = (Math.floor(newest5s.fromMs / seconds.widthMs) + 1) * seconds.widthMs;
      if (fromMs !== newest5s.toMs || at > endsMs) {
        settle();
        newest5s.fromMs = fromMs;
      }
      newest5s.toMs = at;
      newest5s.requests += rps * (at - fromMs);
      if (at >= endsMs) settle();
    },
    read(now, horizonMs, keepMs) {
      if (isAsked(now, horizonMs, keepMs)) return answer;
      let highest: RangeForecast | null = null;
      for (const range of ranges) {
        const forecast = range.read(now, horizonMs, keepMs);
        if (forecast && !(highest && highest.readyRps >= forecast.readyRps)) highest = forecast;
      }
      if (highest !== newest) {
        newest = highest;
        const historyMs = (minutes.newest - minutes.oldest + 1) * MINUTE;
        answer = highest && { ...highest, historyMs };
      }
      return answer;
    },
  };
}
