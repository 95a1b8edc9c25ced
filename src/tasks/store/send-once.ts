import type { Pool, PoolClient } from 'pg';
import type { UnwrittenTask } from '../new-task.ts';
import { idOf } from '../task-view.ts';
import type { TaskView } from '../task.ts';
import { inTransaction } from './open.ts';
import { sendTasks } from './send.ts';

export type Sent =
  | { readonly kind: 'written'; readonly task: TaskView }
  /** The same request was sent before with its key. */
  | { readonly kind: 'replayed'; readonly id: string }
  /** Another was. */
  | { readonly kind: 'key-used' }
  /** One with this key is about to be committed, or not. */
  | { readonly kind: 'not-yet' };

/** Writes tasks in one transaction, those with a key only once. What it returns is committed. */
export async function sendOnce(
  pool: Pool,
  tasks: readonly UnwrittenTask[],
): Promise<readonly Sent[]> {
  // The keys stay locked until the commit, for every other program as well.
  return inTransaction(pool, async (client) => {
    const known = await lockKeys(client, tasks);
    const sent = tasks.map((task) => beforehand(task, known));
    const views = await sendTasks(
      client,
      tasks.filter((_, index) => sent[index] === null),
    );
    const written = views.values();
    return sent.map((each) => each ?? { kind: 'written', task: written.next().value as TaskView });
  });
}

// Private

interface Known {
  readonly id: string;
  readonly fingerprint: Buffer;
}

/** Key → the task that has it, null: none does; keys that others have locked are not in it. */
type KnownKeys = Map<string, Known | null>;

async function lockKeys(client: PoolClient, tasks: readonly UnwrittenTask[]): Promise<KnownKeys> {
  const keys = [...new Set(tasks.flatMap(({ idempotency }) => idempotency?.key ?? []))];
  const { rows } = await client.query<{ key: string }>({
    name: 'tidegate-lock-keys',
    text: LOCK,
    values: [keys],
  });
  const locked = rows.map(({ key }) => key);
  // In a statement of its own: one that began before the lock was free would not see what was committed.
  const { rows: found } = await client.query<Known & { idempotency_key: string }>({
    name: 'tidegate-find-keys',
    text: FIND,
    values: [locked],
  });
  const known: KnownKeys = new Map(locked.map((key) => [key, null]));
  for (const row of found) known.set(row.idempotency_key, row);
  return known;
}

const LOCK = `
select key from unnest($1::text[]) as given (key)
where pg_try_advisory_xact_lock(hashtextextended(key, 0))`;

const FIND =
  'select id, idempotency_key, fingerprint from tidegate.tasks where idempotency_key = any ($1)';

/** What can be said of a task without writing it; null: it is to be written. */
function beforehand({ idempotency }: UnwrittenTask, known: KnownKeys): Sent | null {
  if (idempotency === null) return null;
  const { key, fingerprint } = idempotency;
  const found = known.get(key);
  if (found === undefined) return { kind: 'not-yet' };
  if (found === null) {
    // For others with this key in the same transaction.
    known.delete(key);
    return null;
  }
  return found.fingerprint.equals(fingerprint)
    ? { kind: 'replayed', id: idOf(found.id) }
    : { kind: 'key-used' };
}
