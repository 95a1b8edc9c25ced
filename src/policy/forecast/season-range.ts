import type { Buckets } from './season-buckets.ts';
import { candidatePeriods } from './season-candidates.ts';
import { pastPeriods } from './season-profile.ts';
import type { TrackRecord } from './season-record.ts';
import { createTrackRecord } from './season-record.ts';

/** One range of periods, minutes, hours or days, in which at most one season is held for true at a time. */
export interface SeasonRange {
  /** After the buckets have been told of this moment. */
  update(at: number): void;
  forget(): void;
  read(now: number, horizonMs: number, keepMs: number): RangeForecast | null;
}

export interface RangeForecast {
  readonly periodMs: number;
  readonly expectedRps: number;
  readonly readyRps: number;
  readonly keepRps: number;
  readonly strength: number;
}

export interface RangeSettings {
  /** In these seasons are looked for and judged. */
  readonly coarse: Buckets;
  /** From these a forecast is read: it meets a peak to their width. */
  readonly sharp: Buckets;
  readonly minPeriodMs: number;
  readonly maxPeriodMs: number;
  /** Tried even where they do not stand out: people live by them. */
  readonly usualPeriodsMs: readonly number[];
  readonly searchEveryMs: number;
}

/** A weaker one is not worth what it foresees in vain. */
const WEAKEST = 0.1;

/** A longer period has to be so much better than a shorter one, which learns sooner. */
const LONGER_BETTER_BY = 0.05;

/** Peaks come a little early and a little late. */
const JITTER_PART = 100;
const MOST_JITTER_MS = 5 * 60_000;

export function createSeasonRange(settings: RangeSettings): SeasonRange {
  const { coarse, sharp } = settings;
  let records: readonly TrackRecord[] = [];
  let judgedTo = -1;
  let searchedAt = -Infinity;
  let best: { readonly record: TrackRecord; readonly strength: number } | null = null;
  let last: LastRead | null = null;

  const search = (): void => {
    const historyMs = (coarse.newest - coarse.oldest) * coarse.widthMs;
    const periods = [
      ...settings.usualPeriodsMs,
      ...candidatePeriods(coarse, settings.minPeriodMs, settings.maxPeriodMs),
    ].filter((periodMs) => periodMs * 2 <= historyMs + coarse.widthMs);
    records = distinct(periods, coarse.widthMs).map(
      (periodMs) =>
        records.find((each) => each.periodMs === periodMs) ?? createTrackRecord(coarse, periodMs),
    );
  };

  return {
    update(at) {
      const full = coarse.newest - 1;
      if (full <= judgedTo) return;
      for (let index = Math.max(judgedTo + 1, coarse.oldest); index <= full; index++) {
        for (const record of records) record.judge(index);
      }
      judgedTo = full;
      if (at - searchedAt >= settings.searchEveryMs) {
        searchedAt = at;
        search();
      }
      best = bestOf(records);
    },
    forget() {
      records = [];
      best = null;
      last = null;
      judgedTo = -1;
      searchedAt = -Infinity;
    },
    read(now, horizonMs, keepMs) {
      if (!best) return null;
      const bucket = Math.floor(now / sharp.widthMs);
      const isSame = last?.bucket === bucket && last.best === best;
      if (!(last && isSame && last.horizonMs === horizonMs && last.keepMs === keepMs)) {
        last = {
          bucket,
          best,
          horizonMs,
          keepMs,
          forecast: forecastOf(sharp, best, now, horizonMs, keepMs),
        };
      }
      return last.forecast;
    },
  };
}

// Private

interface LastRead {
  readonly bucket: number;
  readonly best: Best;
  readonly horizonMs: number;
  readonly keepMs: number;
  readonly forecast: RangeForecast | null;
}

interface Best {
  readonly record: TrackRecord;
  readonly strength: number;
}

function bestOf(records: readonly TrackRecord[]): Best | null {
  let best: Best | null = null;
  for (const record of records) {
    const strength = record.strength();
    if (strength >= WEAKEST && (!best || strength > best.strength + LONGER_BETTER_BY)) {
      best = { record, strength };
    }
  }
  return best;
}

/** In ascending order, without those that are the same but for the width of a bucket. */
function distinct(periodsMs: readonly number[], widthMs: number): number[] {
  return periodsMs
    .filter((periodMs, index) =>
      periodsMs.slice(0, index).every((other) => Math.abs(other - periodMs) > widthMs),
    )
    .sort((a, b) => a - b);
}

function forecastOf(
  buckets: Buckets,
  { record, strength }: Best,
  now: number,
  horizonMs: number,
  keepMs: number,
): RangeForecast | null {
  const { periodMs, typicalRps } = record;
  const jitterMs = Math.min(MOST_JITTER_MS, Math.max(buckets.widthMs, periodMs / JITTER_PART));
  const over = (fromMs: number, toMs: number) =>
    pastPeriods(buckets, periodMs, now, fromMs, Math.min(toMs, fromMs + periodMs), typicalRps);
  const expected = over(now, now + horizonMs);
  const ready = over(now - jitterMs, now + horizonMs + jitterMs);
  const keep = over(now - jitterMs, now + Math.max(horizonMs, keepMs) + jitterMs);
  if (expected.count < 2 || ready.count < 2 || keep.count < 2) return null;
  const readyRps = Math.max(expected.middleRps, ready.highRps);
  return {
    periodMs,
    expectedRps: expected.middleRps,
    readyRps,
    keepRps: Math.max(readyRps, keep.highRps),
    strength,
  };
}
