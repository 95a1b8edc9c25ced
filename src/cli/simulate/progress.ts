import { humanDuration } from '../../kit/duration.ts';
import type { SimulationProgress } from '../../lab/backtest/simulate.ts';
import { oneLine } from '../one-line.ts';
import { createProgressLine } from '../progress-line.ts';

export interface ProgressView {
  /** So much of a trace's file has been read, 0..1. */
  read(name: string, done: number): void;
  show(progress: SimulationProgress): void;
  /** Takes it away: what comes next stands in its place. */
  close(): void;
}

/** Often enough to be seen to move. */
const EVERY_MS = 200;

/** One line on the terminal that counts the replays; nothing where nobody looks. */
export function showProgress(
  terminal: Pick<NodeJS.WriteStream, 'write' | 'columns'> | null,
  clock: () => number = () => performance.now(),
): ProgressView {
  const line = createProgressLine(terminal);
  // What reading took says nothing of how long the replays will.
  let startedAt: number | null = null;
  let drawnAt = -Infinity;
  const draw = (text: (now: number) => string): void => {
    const now = clock();
    if (terminal === null || now - drawnAt < EVERY_MS) return;
    drawnAt = now;
    line.draw(text(now));
  };
  return {
    read: (name, done) => draw(() => `reading ${oneLine(name)}, ${Math.floor(done * 100)} %`),
    show(progress) {
      const since = (startedAt ??= clock());
      draw((now) => progressText(progress, now - since));
    },
    close: () => line.clear(),
  };
}

/** `replayed 120 of 540, 22 %; about 2 min left` */
export function progressText({ jobs, ended, done }: SimulationProgress, tookMs: number): string {
  const counted = `replayed ${ended} of ${jobs}, ${Math.floor(done * 100)} %`;
  // Before that any guess would jump.
  if (done < 0.02 || tookMs < 1_000) return counted;
  const leftMs = (tookMs / done) * (1 - done);
  return `${counted}; about ${humanDuration(roundUp(leftMs))} left`;
}

// Private

/** Whole seconds, and of many of them whole tens. */
function roundUp(ms: number): number {
  const stepMs = ms > 60_000 ? 10_000 : 1_000;
  return Math.ceil(ms / stepMs) * stepMs;
}
