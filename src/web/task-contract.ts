import type { TaskView } from '../tasks/task.ts';

/** What `/api/v1/tasks` answers: the newest first. */
export interface TaskList {
  readonly tasks: readonly TaskView[];
}

/** A task to be sent: `body` is any JSON, `bodyBase64` anything; what is absent is as its queue says. */
export interface SendTask {
  readonly queue: string;
  readonly body?: unknown;
  readonly bodyBase64?: string;
  readonly contentType?: string;
  readonly delayMs?: number;
  readonly priority?: number;
  readonly retries?: number;
  readonly timeoutMs?: number;
  /** Sent again with the same one it is the same task, as with `Idempotency-Key`. */
  readonly key?: string;
  /** Where its end is told, as with `Task-Callback`. */
  readonly callback?: string;
}
