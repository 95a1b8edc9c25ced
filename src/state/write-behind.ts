import { SECOND } from '../kit/clock.ts';
import type { Sql } from './sql.ts';

/**
 * Writes that may be lost with the process, kept for a few seconds and then made in one transaction: samples and
 * repeated decisions come every second, and a commit each would wear out a small disk. There is no timer: the call
 * after the wait is over writes, and so does everything that reads.
 */
export interface WriteBehind {
  later(write: () => void): void;
  /** @throws TidegateError STATE_NOT_WRITABLE; what waited is dropped then, so that a full disk fills no memory */
  flush(): void;
}

export function createWriteBehind(sql: Sql, now: () => number): WriteBehind {
  let waiting: (() => void)[] = [];
  let since = 0;

  const flush = (): void => {
    if (waiting.length === 0) return;
    const writes = waiting;
    waiting = [];
    sql.transaction(() => {
      for (const write of writes) write();
    });
  };

  return {
    later(write) {
      const at = now();
      if (waiting.length === 0) since = at;
      waiting.push(write);
      // A clock set back must not make it wait for hours.
      if (Math.abs(at - since) >= WAIT_MS) flush();
    },
    flush,
  };
}

// Private

const WAIT_MS = 5 * SECOND;
