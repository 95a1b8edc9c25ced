import type { RateHistory } from './rate-history.ts';

/** A load that is random and steady strays further than this once in ten thousand times. */
const SURE = 4;

const WINDOWS_MS = [60_000, 30_000, 10_000, 3_000] as const;

/**
 * The load as it is now, in requests a second, noise taken out: the mean over the longest window that the shorter ones do
 * not contradict by more than the chance there is in random arrivals. The shortest may only say that it is more.
 */
export function createLevel(history: RateHistory, intervalMs: number): () => number {
  const windows = WINDOWS_MS.map((ms) => Math.max(1, Math.round(ms / intervalMs)));
  const shortest = windows.length - 1;
  return () => {
    let level = Number.NaN;
    for (let index = 0; index <= shortest; index++) {
      const length = Math.min(windows[index] as number, history.count);
      const mean = history.meanRps(length, 0);
      if (Number.isNaN(level)) {
        level = mean;
        continue;
      }
      const chance = SURE * Math.sqrt(Math.max(mean, level, 1) / ((length * intervalMs) / 1000));
      const isOther = index === shortest ? mean > level + chance : Math.abs(mean - level) > chance;
      if (isOther) level = mean;
    }
    return level;
  };
}
