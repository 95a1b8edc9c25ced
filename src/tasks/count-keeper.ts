import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import { SECOND } from '../kit/clock.ts';
import type { Clock } from '../kit/clock.ts';
import { startLoop } from '../kit/loop.ts';
import type { QueueCount } from './books.ts';
import { noteCounts } from './store/counts.ts';
import type { Tally } from './tally.ts';

export interface CountKeeper {
  /** Writes down what is left, if that can be done. */
  close(): Promise<void>;
}

/** Writes a tally down each second; what cannot be written is kept for later, an hour of it at most. */
export function keepCounts(pool: Pool, tally: Tally, clock: Clock): CountKeeper {
  const writer = randomUUID();
  let unwritten: readonly QueueCount[] = [];
  const write = async (now: number): Promise<void> => {
    unwritten = [...unwritten, ...tally.take(now)].slice(-MOST);
    await noteCounts(pool, writer, unwritten);
    unwritten = [];
  };
  // Whoever sends or asks meanwhile is told that the database is away, and it is in the log.
  const ignore = (): void => undefined;
  const turn = (): Promise<void> => write(clock.now());
  const loop = startLoop({ intervalMs: () => SECOND, turn, onError: ignore });
  return {
    async close() {
      await loop.stop();
      await write(Number.POSITIVE_INFINITY).catch(ignore);
    },
  };
}

// Private

const MOST = 3_600;
