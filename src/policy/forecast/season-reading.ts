import type { Rates } from './season-buckets.ts';
import type { Profile } from './season-profile.ts';
import { createProfile } from './season-profile.ts';

/** What one season says of the time ahead, in requests a second. */
export interface SeasonReading {
  /** As it was at this time, in the middle one of the last periods. */
  readonly nowRps: number;
  readonly expectedRps: number;
  readonly readyRps: number;
  readonly keepRps: number;
}

/** Reads one season's forecast from buckets; asked again within the same bucket it says the same. */
export interface SeasonReader {
  readonly periodMs: number;
  /** Null: less than two periods are known. */
  read(now: number, horizonMs: number, keepMs: number, typicalRps: number): SeasonReading | null;
}

/** Peaks come a little early and a little late: by a part of the period, by minutes at most. */
const JITTER_PART = 100;
const MOST_JITTER_MS = 5 * 60_000;

const PRESENT_MS = 60_000;

export function createSeasonReader(rates: Rates, periodMs: number): SeasonReader {
  const { widthMs } = rates;
  const profile = createProfile(rates, periodMs);
  const jitterMs = Math.min(MOST_JITTER_MS, Math.max(widthMs, periodMs / JITTER_PART));
  let asked = { bucket: -1, horizonMs: -1, keepMs: -1 };
  let reading: SeasonReading | null = null;
  return {
    periodMs,
    read(now, horizonMs, keepMs, typicalRps) {
      const bucket = Math.floor(now / widthMs);
      const isSame =
        asked.bucket === bucket && asked.horizonMs === horizonMs && asked.keepMs === keepMs;
      if (!isSame) {
        asked = { bucket, horizonMs, keepMs };
        profile.lookFrom(now, typicalRps);
        // Beyond a period it begins anew.
        const readyMs = Math.min(horizonMs, periodMs - jitterMs);
        const keptMs = Math.min(Math.max(horizonMs, keepMs), periodMs - jitterMs);
        reading = readingOf(profile, now, jitterMs, readyMs, keptMs);
      }
      return reading;
    },
  };
}

// Private

function readingOf(
  profile: Profile,
  now: number,
  jitterMs: number,
  readyMs: number,
  keptMs: number,
): SeasonReading | null {
  const expected = profile.most(now, now + readyMs);
  const ready = profile.most(now - jitterMs, now + readyMs + jitterMs);
  if (expected.count < 2 || ready.count < 2) return null;
  const later = profile.most(now + readyMs, now + keptMs + jitterMs);
  const readyRps = Math.max(expected.middleRps, ready.highRps);
  const present = profile.most(now - PRESENT_MS, now);
  return {
    nowRps: present.count === 0 ? 0 : present.middleRps,
    expectedRps: expected.middleRps,
    readyRps,
    keepRps: later.count < 2 ? readyRps : Math.max(readyRps, later.highRps),
  };
}
