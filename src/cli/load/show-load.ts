import type { LoadProgress } from '../../lab/load/result.ts';
import type { Io } from '../io.ts';
import { createScreen } from '../screen.ts';
import { liveLoadLines, progressText } from './live-load.ts';
import type { LiveLoad } from './live-load.ts';

export interface LoadView {
  show(progress: LoadProgress): void;
  /** Takes the picture away: what comes next says all of it. */
  close(): void;
}

/** More than a terminal is wide. */
const KEPT = 200;

const LINE_EVERY_S = 5;

/** On a terminal one picture, drawn anew each second; else a line every five seconds to standard error. */
export function showLoad(load: Omit<LiveLoad, 'progress'>, io: Io): LoadView {
  if (!io.terminal) return lines(load.durationS, io);
  const screen = createScreen(process.stdout);
  const progress: LoadProgress[] = [];
  const draw = (): void =>
    screen.draw(
      liveLoadLines(
        { ...load, progress },
        { columns: process.stdout.columns || io.columns, colour: io.colour },
      ),
    );
  draw();
  return {
    show(last) {
      progress.push(last);
      if (progress.length > KEPT) progress.shift();
      draw();
    },
    close() {
      screen.draw([]);
      screen.close();
    },
  };
}

// Private

function lines(durationS: number, io: Io): LoadView {
  let nextS = LINE_EVERY_S;
  return {
    show(last) {
      if (last.elapsedS < nextS - 0.5) return;
      nextS += LINE_EVERY_S;
      io.err(progressText(last, durationS));
    },
    close: () => undefined,
  };
}
