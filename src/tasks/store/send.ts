import { idOf } from '../task-view.ts';
import type { TaskView } from '../task.ts';
import type { UnwrittenTask } from '../new-task.ts';
import type { Queryable } from './open.ts';

/**
 * Writes any number of tasks with one statement, and tells the dispatcher and workers that lease. Outside of a
 * transaction they are all committed when it returns, or none is. The views are in the order of the tasks.
 */
export async function sendTasks(
  db: Queryable,
  tasks: readonly UnwrittenTask[],
): Promise<readonly TaskView[]> {
  if (tasks.length === 0) return [];
  const { rows } = await db.query<WrittenRow>({
    name: 'tidegate-send',
    text: SEND,
    values: [JSON.stringify(rowsOf(tasks)), bodiesOf(tasks), queuesOf(tasks)],
  });
  const written = new Map(rows.map((row) => [idOf(row.id), row]));
  return tasks.map((task) => viewOf(task, written.get(task.id) as WrittenRow));
}

// Private

interface WrittenRow {
  readonly id: string;
  readonly created_at: Date;
  readonly not_before: Date | null;
}

/**
 * One statement whatever the number of rows, so that it is prepared once. All bodies are one parameter, which pg sends as
 * bytes; an array of them it would spell out in hexadecimal.
 */
const SEND = `
with written as (
  insert into tidegate.tasks (
    id, queue, priority, not_before, method, path, headers, body, identity,
    retries, timeout_ms, callback, idempotency_key, fingerprint
  )
  select
    id, queue, priority,
    case when delay_ms > 0 then clock_timestamp() + delay_ms * interval '1 ms' end,
    method, path, headers, case when bytes > 0 then substring($2::bytea from starts for bytes) end,
    identity,
    retries, timeout_ms, callback, idempotency_key, decode(fingerprint, 'hex')
  from json_to_recordset($1::json) as task (
    id uuid, queue text, priority smallint, delay_ms double precision, method text, path text, headers jsonb,
    starts integer, bytes integer, identity jsonb, retries smallint, timeout_ms integer, callback text,
    idempotency_key text, fingerprint text
  )
  returning id, created_at, not_before
), told as (select pg_notify('tidegate_sent', $3))
select written.* from written, told`;

function rowsOf(tasks: readonly UnwrittenTask[]): readonly object[] {
  let starts = 1;
  return tasks.map((task) => {
    const row = {
      id: task.id,
      queue: task.queue,
      priority: task.priority,
      delay_ms: task.delayMs,
      method: task.method,
      path: task.path,
      headers: task.headers,
      starts,
      bytes: task.body.length,
      identity: task.sender,
      retries: task.retries,
      timeout_ms: task.timeoutMs,
      callback: task.callback,
      idempotency_key: task.idempotency?.key ?? null,
      fingerprint: task.idempotency?.fingerprint.toString('hex') ?? null,
    };
    starts += task.body.length;
    return row;
  });
}

function bodiesOf(tasks: readonly UnwrittenTask[]): Buffer {
  const [first, ...others] = tasks;
  return first && others.length === 0 ? first.body : Buffer.concat(tasks.map(({ body }) => body));
}

/** A notification holds less than 8,000 bytes; an empty one may mean any queue. */
function queuesOf(tasks: readonly UnwrittenTask[]): string {
  const queues = [...new Set(tasks.map(({ queue }) => queue))].join(',');
  return Buffer.byteLength(queues) < 7_000 ? queues : '';
}

function viewOf(task: UnwrittenTask, row: WrittenRow): TaskView {
  return {
    id: task.id,
    queue: task.queue,
    state: 'queued',
    priority: task.priority,
    method: task.method,
    path: task.path,
    createdAt: row.created_at.toISOString(),
    notBefore: row.not_before === null ? null : row.not_before.toISOString(),
    startedAt: null,
    finishedAt: null,
    attempt: 0,
    retries: task.retries,
    timeoutMs: task.timeoutMs,
    attempts: [],
    error: null,
    result: null,
    callback:
      task.callback === null
        ? null
        : { url: task.callback, state: 'waiting', attempts: 0, error: null },
  };
}
