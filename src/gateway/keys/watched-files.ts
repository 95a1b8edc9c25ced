import { readFileSync, statSync } from 'node:fs';
import { messageOf } from '../../kit/errors.ts';
import { Unusable } from './unusable.ts';

/** What files mean, and what has become of them since: the last good meaning stays in force. */
export interface WatchedFiles<T> {
  readonly value: T;
  /** What is wrong with them now; null: they are what is in force. */
  readonly problem: string | null;
  /** Looks whether they changed. `accept` says why a new meaning cannot be taken into force. True when it was. */
  look(accept: (value: T) => Promise<readonly string[]>): Promise<boolean>;
}

/** No certificate chain and no key set is longer. */
const MOST_BYTES = 256 * 1024;

/**
 * After so many looks, what cannot be used is tried again though it has not changed: what was in the way may be gone, and
 * left no mark on a file (permissions, a certificate's first second, a port that HAProxy was waiting for).
 */
const RETRY_LOOKS = 30;

/** Reads them for the first time. @throws Unusable where `read` does */
export function watchFiles<T>(paths: readonly string[], read: () => T): WatchedFiles<T> {
  let marks = marksOf(paths);
  let value = read();
  let problem: string | null = null;
  /** The marks of files that could not be used when they were first seen. */
  let doubted: string | null = null;
  let looksLeft = Number.POSITIVE_INFINITY;

  return {
    get value() {
      return value;
    },
    get problem() {
      return problem;
    },
    async look(accept) {
      const now = marksOf(paths);
      if (now === marks && --looksLeft > 0) return false;
      try {
        const next = read();
        const problems = await accept(next);
        if (problems.length > 0)
          throw new Unusable(`the gateway does not take it: ${problems.join('; ')}`);
        [value, problem, doubted] = [next, null, null];
      } catch (thrown) {
        if (!(thrown instanceof Unusable)) throw thrown;
        // One of two files may have been written and the other not yet: the next look tells.
        if (doubted !== now) {
          doubted = now;
          return false;
        }
        problem = `${thrown.message}; what was read before stays in force`;
        [marks, looksLeft] = [now, RETRY_LOOKS];
        return false;
      }
      [marks, looksLeft] = [now, Number.POSITIVE_INFINITY];
      return true;
    },
  };
}

/** A file of keys or certificates. @throws Unusable */
export function readWholeFile(path: string): string {
  try {
    if (statSync(path).size > MOST_BYTES)
      throw new Unusable(`${path} is longer than ${MOST_BYTES / 1024} kB`);
    return readFileSync(path, 'utf8');
  } catch (thrown) {
    if (thrown instanceof Unusable) throw thrown;
    throw new Unusable(`${path} cannot be read (${messageOf(thrown)})`);
  }
}

// Private

/** What changes when a file is written or replaced, and where a link leads elsewhere. */
function marksOf(paths: readonly string[]): string {
  return paths.map(markOf).join('\n');
}

function markOf(path: string): string {
  try {
    const { mtimeMs, size, ino, dev } = statSync(path);
    return `${mtimeMs} ${size} ${dev}:${ino}`;
  } catch {
    return 'gone';
  }
}
