import { createForetold } from './foretold.ts';
import type { RateHistory } from './rate-history.ts';
import { createTrust } from './trust.ts';

/** What the load is expected to rise to. */
export interface Rise {
  readonly expectedRps: number;
  /** 0: it does not rise. */
  readonly rpsPerSecond: number;
}

export interface Trend {
  /** After each observation, with the level at that moment. */
  observe(at: number, levelRps: number, horizonMs: number): void;
  /** As of the newest observation; the same object each time. */
  readonly rise: Rise;
}

/**
 * Where the load will be at the horizon if it goes on as it moves. Several windows look at once, each as its mean less
 * the one before; a slope counts by how far it is more than the chance of random arrivals explains, and each window is
 * believed by how its trends went on before (`trust.ts`).
 */
export function createTrend(history: RateHistory, intervalMs: number): Trend {
  const windows = WINDOWS_MS.filter((ms) => 2 * ms > intervalMs).map((ms) => ({
    length: Math.max(1, Math.round(ms / intervalMs)),
    trust: createTrust(),
  }));
  const foretold = createForetold();
  const nowLength = Math.max(1, Math.round(NOW_MS / intervalMs));
  const rise = { expectedRps: 0, rpsPerSecond: 0 };
  let noteAt = 0;

  return {
    rise,
    observe(at, levelRps, horizonMs) {
      if (at < noteAt - NOTE_EVERY_MS) foretold.clear();
      for (let due = foretold.due(at); due !== null; due = foretold.due(at)) {
        const window = windows[due.window];
        // Twice as long as the shortest: which one asks matters less than that it is the same for all.
        const cameRps = history.meanRps(Math.min(2 * nowLength, history.count), 0) - due.levelRps;
        window?.trust.learn(cameRps / due.riseRps, due.riseRps / (due.riseRps + due.levelRps));
      }
      const isNoted = at >= noteAt || at < noteAt - NOTE_EVERY_MS;
      if (isNoted) noteAt = at + NOTE_EVERY_MS;
      rise.expectedRps = levelRps;
      rise.rpsPerSecond = 0;
      for (let index = 0; index < windows.length; index++) {
        const { length, trust } = windows[index] as (typeof windows)[number];
        const lateRps = history.meanRps(length, 0);
        const earlyRps = history.meanRps(2 * length, length);
        if (!(lateRps > earlyRps)) continue;
        const seconds = (length * intervalMs) / 1000;
        const slope = (lateRps - earlyRps) / seconds;
        const chance = Math.sqrt((lateRps + earlyRps) / seconds) / seconds;
        // From the middle of the window on.
        const ahead = seconds / 2 + horizonMs / 1000;
        const sure = slope - SURE * chance;
        if (sure <= 0) continue;
        if (isNoted && slope > SURE_TO_LEARN * chance) {
          const riseRps = lateRps + slope * ahead - levelRps;
          if (riseRps > LEAST_RISE * levelRps)
            foretold.add(at + horizonMs, index, riseRps, levelRps);
        }
        const riseRps = Math.min(
          lateRps + sure * ahead - levelRps,
          (trust.isTried ? MOST_RISE : MOST_UNTRIED) * levelRps,
        );
        if (riseRps <= 0) continue;
        const expectedRps = levelRps + riseRps * trust.typical;
        if (expectedRps <= rise.expectedRps) continue;
        rise.expectedRps = expectedRps;
        rise.rpsPerSecond = slope;
      }
    },
  };
}

// Private

const WINDOWS_MS = [5_000, 10_000, 20_000, 40_000] as const;

/** Four windows are asked each second, and a false alarm keeps replicas for minutes: chance has to be ruled out. */
const SURE = 3;
/** More so for learning how trends go on: what is learned of chance is that none do. */
const SURE_TO_LEARN = 3.5;

/**
 * A step looks like the steepest of trends for some seconds. So many times what there is may be added to it where trends
 * were seen to go on, and before it is known whether they do.
 */
const MOST_RISE = 4;
const MOST_UNTRIED = 1;

const LEAST_RISE = 0.02;
const NOTE_EVERY_MS = 3_000;
const NOW_MS = 5_000;
