import { createForetold } from './foretold.ts';
import type { RateHistory } from './rate-history.ts';
import { createTrust } from './trust.ts';

/**
 * What of a load above its mean is still there at the horizon. A replica that is ordered for a wave of a few seconds comes
 * when the wave is over: how much of such waves has stayed is learned (`trust.ts`), and no more of one is believed.
 */
export interface Persistence {
  /** After each observation: the level, less what is not expected to last. Never below the mean of the last minute, if the level is above it. */
  lasting(at: number, levelRps: number, horizonMs: number): number;
}

export function createPersistence(history: RateHistory, intervalMs: number): Persistence {
  const trust = createTrust();
  const foretold = createForetold();
  const meanLength = Math.max(1, Math.round(MEAN_MS / intervalMs));
  const laterLength = Math.max(1, Math.round(LATER_MS / intervalMs));
  let noteAt = 0;
  return {
    lasting(at, levelRps, horizonMs) {
      if (at < noteAt - NOTE_EVERY_MS) {
        foretold.clear();
        noteAt = at;
      }
      for (let due = foretold.due(at); due !== null; due = foretold.due(at)) {
        const cameRps = history.meanRps(Math.min(laterLength, history.count), 0) - due.levelRps;
        trust.learn(cameRps / due.riseRps, due.riseRps / (due.riseRps + due.levelRps));
      }
      const meanRps = history.meanRps(Math.min(meanLength, history.count), 0);
      const waveRps = levelRps - meanRps;
      if (!(waveRps > LEAST_WAVE * meanRps)) return levelRps;
      if (at >= noteAt) {
        noteAt = at + NOTE_EVERY_MS;
        foretold.add(at + horizonMs, 0, waveRps, meanRps);
      }
      return meanRps + waveRps * Math.min(1, trust.typical);
    },
  };
}

// Private

const MEAN_MS = 60_000;
const LATER_MS = 10_000;
const NOTE_EVERY_MS = 3_000;
const LEAST_WAVE = 0.03;
