import type { Pool } from 'pg';
import { codeOf } from '../../kit/errors.ts';
import type { UnwrittenTask } from '../new-task.ts';
import { sendTasks } from '../store/send.ts';
import { type Sent, sendOnce } from '../store/send-once.ts';

/**
 * Writes tasks, those of concurrent requests together: one commit, which is what takes time, is for all of them. One
 * after the other: with two at once no more were sent, since commits that notify wait for each other.
 */
export interface Writer {
  /** Resolves when the task is committed; rejects with what PostgreSQL says. */
  write(task: UnwrittenTask): Promise<Sent>;
}

export function createWriter(pool: Pool): Writer {
  const waiting: Entry[] = [];
  let working = false;

  const work = async (): Promise<void> => {
    working = true;
    // Whoever comes in the same turn of the event loop goes along.
    await new Promise((resolve) => setImmediate(resolve));
    while (waiting.length > 0) await writeTogether(pool, takeBatch(waiting));
    working = false;
  };
  return {
    write(task) {
      const { promise, resolve, reject } = Promise.withResolvers<Sent>();
      waiting.push({ task, resolve, reject });
      if (!working) void work();
      return promise;
    },
  };
}

// Private

const MOST_TASKS = 500;
const MOST_BYTES = 16 * 1024 * 1024;

interface Entry {
  readonly task: UnwrittenTask;
  readonly resolve: (sent: Sent) => void;
  readonly reject: (thrown: unknown) => void;
}

/** The first, and as many behind it as belong into one statement. */
function takeBatch(waiting: Entry[]): readonly Entry[] {
  let bytes = 0;
  let count = 0;
  for (const { task } of waiting) {
    bytes += task.body.length;
    if (count > 0 && (bytes > MOST_BYTES || count >= MOST_TASKS)) break;
    count += 1;
  }
  return waiting.splice(0, count);
}

/** Never rejects: each of them is told. */
async function writeTogether(pool: Pool, batch: readonly Entry[]): Promise<void> {
  try {
    const sent = await writeAll(
      pool,
      batch.map(({ task }) => task),
    );
    for (const [index, { resolve }] of batch.entries()) resolve(sent[index] as Sent);
  } catch (thrown) {
    if (batch.length > 1 && isOfOneRow(thrown)) {
      for (const entry of batch) await writeTogether(pool, [entry]);
      return;
    }
    for (const { reject } of batch) reject(thrown);
  }
}

async function writeAll(pool: Pool, tasks: readonly UnwrittenTask[]): Promise<readonly Sent[]> {
  if (tasks.some(({ idempotency }) => idempotency !== null)) return sendOnce(pool, tasks);
  const views = await sendTasks(pool, tasks);
  return views.map((task) => ({ kind: 'written', task }));
}

/** Data that PostgreSQL refuses: it has said so, hence nothing was committed, and the others may be good. */
function isOfOneRow(thrown: unknown): boolean {
  return /^(22|23|54)[0-9A-Z]{3}$/.test(codeOf(thrown) ?? '');
}
