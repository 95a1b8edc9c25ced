import type { Startup } from './learned.ts';
import type { StartupLearner } from './learner.ts';

/** How long replicas take to start, from the newest starts: what they load changes, and so does the machine. */
export function createStartup(): StartupLearner {
  const newest: number[] = [];
  let answer: Startup | null = null;
  return {
    replicaStarted(_at, tookMs) {
      if (!Number.isFinite(tookMs) || tookMs < 0) return;
      newest.push(tookMs);
      if (newest.length > REMEMBERED) newest.shift();
      answer = null;
    },
    read() {
      if (newest.length > 0) answer ??= answerOf(newest.toSorted((one, other) => one - other));
      return answer;
    },
  };
}

// Private

const REMEMBERED = 100;

/** The nearest rank: of few starts the slowest is the slow one. */
function answerOf(sorted: readonly number[]): Startup {
  const ranked = (fraction: number): number =>
    sorted[Math.ceil(fraction * sorted.length) - 1] as number;
  return { typicalMs: ranked(0.5), slowMs: ranked(0.95) };
}
