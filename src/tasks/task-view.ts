import { bodyView } from './body-view.ts';
import type { Sender } from './new-task.ts';
import type { AttemptView, CallbackView, ResultView, TaskState, TaskView } from './task.ts';

/** What `taskView` needs, of `tidegate.tasks t` and, where it was left-joined, `tidegate.callbacks c`. */
export interface TaskRow {
  readonly id: string;
  readonly queue: string;
  readonly state: TaskState;
  readonly priority: number;
  readonly method: string;
  readonly path: string;
  readonly created_at: Date;
  readonly not_before: Date | null;
  readonly started_at: Date | null;
  readonly finished_at: Date | null;
  readonly attempt: number;
  readonly retries: number;
  readonly timeout_ms: number;
  readonly attempts: readonly AttemptView[];
  readonly error: string | null;
  readonly callback: string | null;
  readonly identity: Sender | null;
  readonly result_status: number | null;
  readonly result_headers: Readonly<Record<string, string>> | null;
  readonly result_body: Buffer | null;
  /** bigint: pg gives it as text. */
  readonly result_bytes: string | null;
  readonly callback_state: CallbackView['state'] | null;
  readonly callback_attempts: number | null;
  readonly callback_error: string | null;
}

/** All of a row but the body of the result, which may be large. */
export const VIEW_COLUMNS_WITHOUT_BODY = `
  t.id, t.queue, t.state, t.priority, t.method, t.path, t.created_at, t.not_before, t.started_at, t.finished_at,
  t.attempt, t.retries, t.timeout_ms, t.attempts, t.error, t.callback, t.identity,
  t.result_status, t.result_headers, t.result_bytes,
  c.state as callback_state, c.attempts as callback_attempts, c.error as callback_error`;

export const VIEW_TABLES = 'tidegate.tasks t left join tidegate.callbacks c on c.task = t.id';

/** A task as it is shown. */
export function taskView(row: TaskRow): TaskView {
  return {
    id: idOf(row.id),
    queue: row.queue,
    state: row.state,
    priority: row.priority,
    method: row.method,
    path: row.path,
    createdAt: row.created_at.toISOString(),
    notBefore: row.state === 'queued' ? timeOf(row.not_before) : null,
    startedAt: timeOf(row.started_at),
    finishedAt: timeOf(row.finished_at),
    attempt: row.attempt,
    retries: row.retries,
    timeoutMs: row.timeout_ms,
    attempts: row.attempts,
    error: row.error,
    result: resultView(row),
    callback: callbackView(row),
  };
}

/** The database's spelling of an id, without dashes. */
export function idOf(uuid: string): string {
  return uuid.replaceAll('-', '');
}

// Private

function timeOf(at: Date | null): string | null {
  return at === null ? null : at.toISOString();
}

function resultView(row: TaskRow): ResultView | null {
  if (row.result_status === null) return null;
  return {
    status: row.result_status,
    headers: row.result_headers ?? {},
    ...bodyView(row.result_body, row.result_headers),
    bytes: Number(row.result_bytes ?? 0),
  };
}

function callbackView(row: TaskRow): CallbackView | null {
  if (row.callback === null) return null;
  return {
    url: row.callback,
    state: row.callback_state ?? 'waiting',
    attempts: row.callback_attempts ?? 0,
    error: row.callback_error,
  };
}
