import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { TidegateError } from '../kit/errors.ts';
import type { QueueSpec } from '../spec/tasks.ts';
import type { NewTask, QueueCount, TaskBooks } from './books.ts';
import { keyBusy, keyUsed, tasksUnreachable, unknownQueue } from './errors.ts';
import { sentFor } from './schedules/rows.ts';
import { cancelTask } from './store/cancel.ts';
import { noteCounts } from './store/counts.ts';
import { createCountReader } from './store/counts-since.ts';
import { queueDepths } from './store/depths.ts';
import { listTasks } from './store/list.ts';
import { migrate } from './store/migrate.ts';
import { openPool } from './store/open.ts';
import { readRequest } from './store/read-request.ts';
import { retryTask } from './store/retry.ts';
import { sendOnce } from './store/send-once.ts';
import { showTask } from './store/show.ts';
import { createTally } from './tally.ts';
import { taskOf } from './task-of.ts';

export interface BooksOptions {
  /** Of the PostgreSQL, with its password; asked when it is first needed. @throws what it cannot be had for */
  readonly url: () => string;
  /** Those in force. */
  readonly queues: () => Readonly<Record<string, QueueSpec>>;
  /** Where callbacks may go. */
  readonly callbackHosts: () => readonly string[];
}

/** Looking at the queues waits for a statement at a time; a person's request must not wait for that. */
const CONNECTIONS = 3;

/** Nothing is connected yet. Every call throws TidegateError TASKS_UNREACHABLE while PostgreSQL does not answer. */
export function createBooks({ url, queues, callbackHosts }: BooksOptions): TaskBooks {
  const reader = createCountReader();
  const tally = createTally();
  const writer = randomUUID();
  /** What could not be written down yet: written again it changes nothing. */
  let unwritten: readonly QueueCount[] = [];
  let pool: pg.Pool | null = null;
  let prepared: Promise<void> | null = null;

  const connected = async (): Promise<pg.Pool> => {
    const address = url();
    // Whoever comes first makes the tables; once is enough.
    prepared ??= migrate(address);
    await prepared.catch((thrown: unknown) => {
      prepared = null;
      throw thrown;
    });
    pool ??= openPool({
      url: address,
      name: 'tidegate books',
      connections: CONNECTIONS,
      options: BY_INDEX,
    });
    return pool;
  };
  const asking = async <T>(ask: (pool: pg.Pool) => Promise<T>): Promise<T> => {
    try {
      return await ask(await connected());
    } catch (thrown) {
      throw isUnreachable(thrown) ? tasksUnreachable(thrown) : thrown;
    }
  };

  return {
    depths: () => asking((db) => queueDepths(db, Object.keys(queues()))),
    counts: () =>
      asking(async (db) => {
        unwritten = [...unwritten, ...tally.take(Date.now())].slice(-MOST_UNWRITTEN);
        await noteCounts(db, writer, unwritten);
        unwritten = [];
        return reader.read(db);
      }),
    sentFor: () => asking((db) => sentFor(db)),
    async send(task: NewTask) {
      const queue = queues()[task.queue];
      if (!queue) throw unknownQueue(task.queue, Object.keys(queues()));
      const made = taskOf(task, queue, callbackHosts());
      const [sent] = await asking((db) => sendOnce(db, [made]));
      if (!sent) throw new Error('a task was sent and is not there');
      if (sent.kind === 'key-used') throw keyUsed();
      if (sent.kind === 'not-yet') throw keyBusy();
      if (sent.kind === 'replayed') return await asking((db) => showTask(db, sent.id));
      tally.sent(Date.now(), queue.name);
      return sent.task;
    },
    show: (id) =>
      asking(async (db) => ({
        ...(await showTask(db, id)),
        request: await readRequest(db, id, 'operator'),
      })),
    list: (filter) => asking((db) => listTasks(db, filter)),
    retry: (id) => asking((db) => retryTask(db, id)),
    async cancel(id) {
      const task = await asking((db) => cancelTask(db, id));
      tally.ended(Date.now(), task.queue, { state: 'cancelled', waitedMs: null, ranMs: null });
      return task;
    },
    async close() {
      await pool?.end();
    },
  };
}

// Private

const MOST_UNWRITTEN = 3_600;

/** All that has not ended stands in small indexes; with old statistics all tasks that ever were would be read instead. */
const BY_INDEX = '-c enable_seqscan=off';

/** What PostgreSQL says of a statement is a fault of ours, unless it is shutting down, starting or full. */
function isUnreachable(thrown: unknown): boolean {
  if (thrown instanceof TidegateError) return false;
  if (!(thrown instanceof pg.DatabaseError)) return true;
  return /^(08|53|57|58|25006|28|3D)/.test(thrown.code ?? '');
}
