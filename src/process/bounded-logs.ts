import { MINUTE } from '../kit/clock.ts';
import { startLoop, type Loop } from '../kit/loop.ts';
import type { LogFiles } from './log-file.ts';

/** Looks now and once a minute that these logs, which nobody else looks after, do not outgrow their bound. */
export function keepBounded(files: LogFiles, paths: readonly string[]): Loop {
  return startLoop({
    intervalMs: () => MINUTE,
    turn() {
      for (const path of paths) files.check(path);
    },
    // Nothing throws: what goes wrong with a log is logged.
    onError: () => undefined,
  });
}
