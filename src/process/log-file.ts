import {
  closeSync,
  constants,
  fstatSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { codeOf } from '../kit/errors.ts';
import type { Log } from '../kit/log.ts';
import { logNotWritable } from './errors.ts';

export interface LogBounds {
  readonly maxBytes: number;
  /** How many old files stay: `x.log.1` is the newest. */
  readonly keep: number;
}

const LOG_BOUNDS: LogBounds = { maxBytes: 10 * 2 ** 20, keep: 2 };

export interface LogFiles {
  /**
   * A descriptor for a program's output: appending, readable by us alone, its folder made when missing. On a full disk
   * the output goes to /dev/null, because a service without logs beats none.
   * @throws TidegateError LOG_NOT_WRITABLE
   */
  open(path: string): number;
  /**
   * The size in bytes of a log, 0 when there is none; one that has outgrown the bounds is copied away and truncated
   * first. Never throws: what goes wrong is logged once until it goes right again.
   */
  check(path: string): number;
}

/** Programs write straight to their files, through no pipe of ours, so that they outlive us. */
export function createLogFiles(log: Log, bounds: LogBounds = LOG_BOUNDS): LogFiles {
  let troubled = false;
  const trouble = (path: string, err: unknown): void => {
    if (troubled) return;
    troubled = true;
    log.warn(
      { path, code: codeOf(err), err },
      'cannot keep logs as they should be, going on without',
    );
  };

  return {
    open(path) {
      try {
        mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
        return openSync(path, APPEND, 0o600);
      } catch (thrown) {
        if (!['ENOSPC', 'EDQUOT'].includes(codeOf(thrown) ?? ''))
          throw logNotWritable(path, thrown);
        trouble(path, thrown);
        return openSync('/dev/null', constants.O_WRONLY);
      }
    },
    check(path) {
      try {
        const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
        if (size <= bounds.maxBytes) return size;
        rotate(path, bounds.keep);
        troubled = false;
        return 0;
      } catch (thrown) {
        trouble(path, thrown);
        return 0;
      }
    },
  };
}

// Private

const APPEND = constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND;

/**
 * The program keeps its descriptor, so the file is copied and emptied rather than renamed; appending descriptors then
 * go on at its start. Lines written between the two calls are lost.
 */
function rotate(path: string, keep: number): void {
  for (let number = keep; number > 1; number--) {
    const newer = `${path}.${number - 1}`;
    if (statSync(newer, { throwIfNoEntry: false })) renameSync(newer, `${path}.${number}`);
  }
  const copy = `${path}.1`;
  try {
    copyLog(path, copy);
  } catch (thrown) {
    // On a full disk half a copy only makes things worse.
    rmSync(copy, { force: true });
    throw thrown;
  } finally {
    // Also without a copy: the bound is what keeps the disk from filling.
    truncateSync(path);
  }
}

/** `copyFileSync` would never return when somebody else, a logrotate say, empties the log meanwhile. */
function copyLog(from: string, to: string): void {
  const source = openSync(from, 'r');
  try {
    const target = openSync(to, 'w', 0o600);
    try {
      const chunk = Buffer.allocUnsafe(256 * 1024);
      let left = fstatSync(source).size;
      while (left > 0) {
        const bytes = readSync(source, chunk);
        if (bytes === 0) return;
        writeFileSync(target, chunk.subarray(0, bytes));
        left -= bytes;
      }
    } finally {
      closeSync(target);
    }
  } finally {
    closeSync(source);
  }
}
