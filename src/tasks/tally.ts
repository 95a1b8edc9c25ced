import type { QueueCount } from './books.ts';
import { bucketOf } from './spans.ts';

/** What one program has done with tasks, by queue and second, until it is written down. */
export interface Tally {
  /** `now`: ms since the epoch. */
  sent(now: number, queue: string, tasks?: number): void;
  /** An attempt that is followed by another. */
  retried(now: number, queue: string): void;
  ended(now: number, queue: string, ended: Ended): void;
  /** The seconds that are over, taken out: each is given once. All of them with `now` of infinity. */
  take(now: number): readonly QueueCount[];
}

export interface Ended {
  readonly state: 'succeeded' | 'failed' | 'cancelled';
  /** From being ready to its last delivery, and that one's length; null: it was not delivered. */
  readonly waitedMs: number | null;
  readonly ranMs: number | null;
}

type Open = { -readonly [Key in keyof QueueCount]: QueueCount[Key] } & {
  readonly waited: Record<string, number>;
  readonly ran: Record<string, number>;
};

export function createTally(): Tally {
  let open = new Map<string, Open>();
  let taken = Number.NEGATIVE_INFINITY;

  const countOf = (now: number, queue: string): Open => {
    // A second that was given away stays so, also when the clock is set back.
    const at = Math.max(Math.floor(now / 1000) * 1000, taken + 1000);
    const key = `${at} ${queue}`;
    let count = open.get(key);
    if (!count) open.set(key, (count = emptyCount(queue, at)));
    return count;
  };
  return {
    sent(now, queue, tasks = 1) {
      countOf(now, queue).sent += tasks;
    },
    retried(now, queue) {
      countOf(now, queue).retried += 1;
    },
    ended(now, queue, { state, waitedMs, ranMs }) {
      const count = countOf(now, queue);
      count[state] += 1;
      if (waitedMs !== null) add(count.waited, waitedMs);
      if (ranMs !== null) add(count.ran, ranMs);
    },
    take(now) {
      const over = [...open.values()].filter(({ at }) => at + 1000 <= now);
      open = new Map([...open].filter(([, { at }]) => at + 1000 > now));
      for (const { at } of over) taken = Math.max(taken, at);
      return over;
    },
  };
}

// Private

function emptyCount(queue: string, at: number): Open {
  const none = { sent: 0, succeeded: 0, failed: 0, cancelled: 0, retried: 0 };
  return { queue, at, ...none, waited: {}, ran: {} };
}

function add(buckets: Record<string, number>, spanMs: number): void {
  const bucket = bucketOf(spanMs);
  buckets[bucket] = (buckets[bucket] ?? 0) + 1;
}
