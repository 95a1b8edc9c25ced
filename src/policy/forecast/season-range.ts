import type { Rates } from './season-buckets.ts';
import { candidatePeriods } from './season-candidates.ts';
import type { SeasonReader, SeasonReading } from './season-reading.ts';
import { createSeasonReader } from './season-reading.ts';
import { smoothed } from './season-smoothed.ts';
import type { TrackRecord } from './season-record.ts';
import { createTrackRecord } from './season-record.ts';

/** One range of periods, minutes, hours or days, in which one season at a time is held for true. */
export interface SeasonRange {
  /**
   * Null: no season holds, or too little is known of it. Looks at what the buckets were told since it was last asked, so
   * a long history is taken in at no cost.
   */
  read(now: number, horizonMs: number, keepMs: number): RangeForecast | null;
  /** Of the season that holds, as far as was looked. */
  readonly periodMs: number | null;
  /** The buckets' past has changed. */
  forget(): void;
}

export interface RangeForecast extends SeasonReading {
  readonly periodMs: number;
  readonly strength: number;
}

export interface RangeSettings {
  /** In these seasons are looked for and judged. */
  readonly coarse: Rates;
  /** From these a forecast is read: it meets a peak to their width. */
  readonly sharp: Rates;
  readonly minPeriodMs: number;
  readonly maxPeriodMs: number;
  /** Tried even where they do not stand out: people live by them. */
  readonly usualPeriodsMs: readonly number[];
  /** At the latest; sooner while there is little history. */
  readonly searchEveryMs: number;
  /** How long before its time a forecast has to be right. */
  readonly leadMs: number;
  /** Its season is nothing to be found here again. */
  readonly shorter: SeasonRange | null;
}

export function createSeasonRange(settings: RangeSettings): SeasonRange {
  let { coarse, sharp } = settings;
  let smoothedMs = 0;
  let records: readonly TrackRecord[] = [];
  let best: TrackRecord | null = null;
  let reader: SeasonReader | null = null;
  let judgedTo = -1;
  let searchedAt = -Infinity;
  let reading: SeasonReading | null = null;
  let forecast: RangeForecast | null = null;

  /** A timer that fires every five minutes would otherwise be the peak of every hour of a day. */
  const lookBeneath = (shorterMs: number): void => {
    if (Math.abs(shorterMs - smoothedMs) <= NEARLY * smoothedMs) return;
    smoothedMs = shorterMs;
    coarse = smoothed(settings.coarse, shorterMs);
    sharp = smoothed(settings.sharp, shorterMs);
    records = [];
    best = null;
    reader = null;
  };

  const search = (historyMs: number): void => {
    lookBeneath(settings.shorter?.periodMs ?? 0);
    const periods = [
      ...settings.usualPeriodsMs.filter((periodMs) => PERIODS_NEEDED * periodMs <= historyMs),
      ...candidatePeriods(coarse, settings.minPeriodMs, settings.maxPeriodMs),
      ...(best ? [best.periodMs] : []),
    ];
    records = distinct(periods).map(
      (periodMs) =>
        records.find((each) => each.periodMs === periodMs) ??
        createTrackRecord(coarse, periodMs, settings.leadMs),
    );
  };

  const update = (now: number): void => {
    const full = coarse.newest - 1;
    if (full <= judgedTo) return;
    for (const record of records) record.judge(judgedTo + 1, full);
    judgedTo = full;
    const historyMs = (coarse.newest - coarse.oldest) * coarse.widthMs;
    const isNew = now - searchedAt >= Math.min(settings.searchEveryMs, historyMs * NEW_PART);
    if (isNew && historyMs >= PERIODS_NEEDED * settings.minPeriodMs) {
      searchedAt = now;
      search(historyMs);
    }
    best = bestOf(records);
    if (best && reader?.periodMs !== best.periodMs)
      reader = createSeasonReader(sharp, best.periodMs);
  };

  return {
    get periodMs() {
      return best?.periodMs ?? null;
    },
    read(now, horizonMs, keepMs) {
      update(now);
      if (!best || !reader) return null;
      const { periodMs, typicalRps } = best;
      const newest = reader.read(now, horizonMs, keepMs, typicalRps);
      if (newest !== reading) {
        reading = newest;
        forecast = newest && { ...newest, periodMs, strength: best.strength() };
      }
      return forecast;
    },
    forget() {
      records = [];
      best = null;
      reader = null;
      judgedTo = -1;
      searchedAt = -Infinity;
    },
  };
}

// Private

const PERIODS_NEEDED = 2;

/** When there is so much more history than at the last search, what was hidden may show. */
const NEW_PART = 0.2;

/** A weaker one is not worth what it foresees in vain. */
const WEAKEST = 0.1;

/** A longer period has to be so much better than a shorter one, which learns sooner. */
const LONGER_BETTER_BY = 0.05;

/** Periods that differ by less are one. */
const NEARLY = 0.05;

function bestOf(records: readonly TrackRecord[]): TrackRecord | null {
  let best: TrackRecord | null = null;
  let highest = WEAKEST;
  for (const record of records) {
    const strength = record.strength();
    if (strength < highest) continue;
    best = record;
    highest = strength + LONGER_BETTER_BY;
  }
  return best;
}

/** In ascending order; of those that are nearly the same the first. */
function distinct(periodsMs: readonly number[]): number[] {
  return periodsMs
    .filter((periodMs, index) =>
      periodsMs.slice(0, index).every((other) => Math.abs(other - periodMs) > NEARLY * other),
    )
    .sort((a, b) => a - b);
}
