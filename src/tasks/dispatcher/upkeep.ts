import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import { SECOND, type Clock } from '../../kit/clock.ts';
import { noteCounts, sweepCounts } from '../store/counts.ts';
import { readyDue } from '../store/due.ts';
import { expireLeases } from '../store/expire-leases.ts';
import { beat } from '../store/heartbeat.ts';
import { requeueOfDead, requeueUnknown } from '../store/requeue.ts';
import { sweepTasks, type Retention } from '../store/sweep.ts';
import { tellSent } from '../store/tell-sent.ts';
import { createTally, type Tally } from '../tally.ts';
import type { QueueCount } from '../books.ts';
import type { Chore } from './chores.ts';

export interface UpkeepOptions {
  readonly db: Pool;
  readonly holder: string;
  readonly replica: string;
  readonly retention: Retention;
  readonly clock: Clock;
  /** For how long this one has led, ms; null: it does not. */
  readonly leadsForMs: () => number | null;
  /** The ids of all that is held here. */
  readonly held: () => readonly string[];
}

/** A dispatcher that has not said for so long that it lives has died. */
const UNSEEN_MS = 5 * SECOND;
const MOST_DUE = 1000;
const MOST_SWEPT = 1000;

/** What is done by every dispatcher, and by the one who leads, so that the books stay right. */
export function upkeep(options: UpkeepOptions): readonly Chore[] {
  const { db, holder, replica, retention, clock, leadsForMs, held } = options;
  const leads = (): boolean => leadsForMs() !== null;
  // Of leases that were over; its seconds are its own.
  const tally = createTally();
  const writer = randomUUID();
  const writeLeases = secondsWriter(tally, (counts) => noteCounts(db, writer, counts));
  return [
    { name: 'heartbeat', intervalMs: SECOND, turn: () => beat(db, holder, replica) },
    {
      name: 'tasks that are due',
      intervalMs: 200,
      async turn() {
        while (leads()) {
          const ready = await readyDue(db, MOST_DUE);
          if (ready > 0) await tellSent(db);
          if (ready < MOST_DUE) return;
        }
      },
    },
    {
      name: 'tasks of the dead',
      intervalMs: SECOND,
      async turn() {
        // After an outage nobody has been seen for long: whoever lives gets the time to say so.
        if ((leadsForMs() ?? 0) < UNSEEN_MS) return;
        if ((await requeueOfDead(db, holder, UNSEEN_MS)) > 0) await tellSent(db);
      },
    },
    {
      name: 'leases that are over',
      intervalMs: SECOND,
      async turn() {
        await writeLeases(clock.now());
        while (leads()) {
          const expired = await expireLeases(db);
          for (const each of expired) {
            if (each.state === 'queued') tally.retried(clock.now(), each.queue);
            else tally.ended(clock.now(), each.queue, each);
          }
          if (expired.length === 0) return;
          await tellSent(db);
        }
      },
    },
    {
      name: 'tasks nobody knows of',
      intervalMs: 5 * SECOND,
      async turn() {
        if ((await requeueUnknown(db, holder, held())) > 0) await tellSent(db);
      },
    },
    {
      name: 'tasks to be forgotten',
      intervalMs: 10 * SECOND,
      async turn() {
        while (leads() && (await sweepTasks(db, retention, MOST_SWEPT)) > 0);
      },
    },
    {
      name: 'counts to be forgotten',
      intervalMs: 60 * SECOND,
      turn: async () => void (leads() && (await sweepCounts(db))),
    },
  ];
}

/** Writes down the seconds that are over at a time; what cannot be written is kept for the next call. */
export function secondsWriter(
  tally: Tally,
  note: (counts: readonly QueueCount[]) => Promise<void>,
): (now: number) => Promise<void> {
  let waiting: readonly QueueCount[] = [];
  return async (now) => {
    waiting = [...waiting, ...tally.take(now)];
    await note(waiting);
    waiting = [];
  };
}
