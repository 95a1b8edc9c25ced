import type { Forecast, ForecastBasis, Startup } from '../learned.ts';
import type { ForecastLearner, LearnedScale } from '../learner.ts';
import { createLevel } from './level.ts';
import { createPersistence } from './persistence.ts';
import { createRateHistory } from './rate-history.ts';
import { createRecentMost } from './recent-most.ts';
import { createSeasons } from './season.ts';
import { createTrend } from './trend.ts';

/**
 * The load to expect: from how it is and moves (`level.ts`, `trend.ts`), and from how it went one season ago (`season.ts`);
 * the larger of them, where the season is the one thing that can tell in time.
 */
export function createForecast({ intervalMs }: Pick<LearnedScale, 'intervalMs'>): ForecastLearner {
  const history = createRateHistory(intervalMs, 2 ** Math.ceil(Math.log2(LONGEST_MS / intervalMs)));
  const level = createLevel(history, intervalMs);
  const persistence = createPersistence(history, intervalMs);
  const trend = createTrend(history, intervalMs);
  const recent = createRecentMost(KEEP_BACK_MS);
  const seasons = createSeasons();
  let horizonMs = UNKNOWN_STARTUP_MS + intervalMs;
  let firstAt: number | null = null;
  let newestAt = 0;
  let nowRps = 0;
  let isAnswered = false;
  let answeredAt = 0;
  let answer: Forecast | null = null;

  const forecastAt = (now: number): Forecast | null => {
    if (firstAt === null || now - newestAt > Math.max(SILENT * intervalMs, SILENT_MS)) return null;
    const { rise } = trend;
    const season = seasons.read(now, horizonMs, KEEP_AHEAD_MS);
    const isSteep = season !== null && season.readyRps > STEEP * season.nowRps;
    const isSeason = isSteep && season.readyRps > rise.expectedRps;
    const comesBack = season !== null && season.keepRps > WORTH_KEEPING * season.nowRps;
    const basis: ForecastBasis = isSeason
      ? { kind: 'season', periodMs: season.periodMs }
      : rise.expectedRps > nowRps
        ? { kind: 'trend', rpsPerSecond: rise.rpsPerSecond }
        : { kind: 'level' };
    return {
      nowRps,
      expectedRps: Math.max(rise.expectedRps, isSteep ? season.expectedRps : 0),
      readyRps: Math.max(rise.expectedRps, isSteep ? season.readyRps : 0),
      keepRps: Math.max(recent.read(now), comesBack ? season.keepRps : 0),
      horizonMs,
      basis,
      historyMs: newestAt - firstAt,
    };
  };

  return {
    observe(observation) {
      const { at } = observation;
      // Asked for only where it is needed: in a back-test it is worked out then.
      let { arrivedRps } = observation;
      if (arrivedRps === undefined) arrivedRps = observation.rps;
      if (!Number.isFinite(at)) return;
      seasons.observe(at, arrivedRps);
      if (arrivedRps === null || !(arrivedRps >= 0 && arrivedRps <= MOST_RPS)) return;
      if (firstAt === null || at < newestAt) firstAt = at;
      newestAt = at;
      isAnswered = false;
      history.observe(at, arrivedRps);
      nowRps = persistence.lasting(at, level(), horizonMs);
      trend.observe(at, nowRps, horizonMs);
      recent.observe(at, trend.rise.expectedRps);
    },
    read(now, startup: Startup | null) {
      const neededMs = (startup?.slowMs ?? UNKNOWN_STARTUP_MS) + intervalMs;
      horizonMs = Math.min(neededMs, LONGEST_HORIZON_MS);
      // Policy and shadows ask the same within one interval.
      if (!isAnswered || answeredAt !== now) {
        isAnswered = true;
        answeredAt = now;
        answer = forecastAt(now);
      }
      return answer;
    },
  };
}

// Private

/** Before one was seen to start: as a container on another machine takes. */
const UNKNOWN_STARTUP_MS = 30_000;

/** A trend tells nothing of what is further away. */
const LONGEST_HORIZON_MS = 5 * 60_000;

/** What was needed so lately is kept: a wave is rarely the last one. */
const KEEP_BACK_MS = 3 * 60_000;

/** What a season says is needed again so soon is not given up before it. */
const KEEP_AHEAD_MS = 10 * 60_000;

/**
 * A season is waited for where it rises so much faster than a start takes: a slow day is followed by its trend, which knows
 * today's level, and last week's would only cost.
 */
const STEEP = 1.3;
const WORTH_KEEPING = 1.5;

/** The longest look back of levels and trends, and a little. */
const LONGEST_MS = 100_000;

const SILENT = 3.5;
const SILENT_MS = 10_000;

/** More is no load but a mistake. */
const MOST_RPS = 1e12;
