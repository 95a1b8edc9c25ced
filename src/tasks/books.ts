import type { TaskState, TaskView } from './task.ts';

/** What the control plane sees of the tasks and does with them; every call asks the database. */
export interface TaskBooks {
  /** Of every queue, also of those that nothing was ever sent to. @throws TidegateError TASKS_UNREACHABLE */
  depths(): Promise<readonly QueueDepth[]>;
  /** What has been counted since the previous call (at the first: in the last minute) @throws TidegateError TASKS_UNREACHABLE */
  counts(): Promise<QueueCounts>;
  /** Until when each schedule was sent, in ms since the epoch, by name. @throws TidegateError TASKS_UNREACHABLE */
  sentFor(): Promise<ReadonlyMap<string, number>>;
  /** @throws TidegateError UNKNOWN_QUEUE, TIMEOUT_TOO_LONG, BAD_CALLBACK, BAD_KEY, KEY_USED, KEY_BUSY */
  send(task: NewTask): Promise<TaskView>;
  /** @throws TidegateError UNKNOWN_TASK */
  show(id: string): Promise<TaskView>;
  /** The newest first. */
  list(filter: TaskFilter): Promise<readonly TaskView[]>;
  /** One that ended is queued once more, as if it were new. @throws TidegateError UNKNOWN_TASK, TASK_NOT_ENDED */
  retry(id: string): Promise<TaskView>;
  /** One that is running is given up: what its delivery comes to is not noted. @throws TidegateError UNKNOWN_TASK, TASK_ENDED */
  cancel(id: string): Promise<TaskView>;
  close(): Promise<void>;
}

export interface QueueDepth {
  readonly queue: string;
  /** Ready to be delivered. */
  readonly waiting: number;
  /** Queued for later: a delay, or a retry that is not due. */
  readonly later: number;
  readonly running: number;
  /** How long the one that is ready for longest has been; null: none is. */
  readonly oldestMs: number | null;
  /** Of all time. */
  readonly sent: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly cancelled: number;
  readonly retried: number;
}

export type QueueCounts = readonly QueueCount[];

/** One queue in one second, of all who noted something. */
export interface QueueCount {
  readonly queue: string;
  /** ms since the epoch, a whole second. */
  readonly at: number;
  readonly sent: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly cancelled: number;
  readonly retried: number;
  /** Bucket → how many; see `spans.ts`. */
  readonly waited: Readonly<Record<string, number>>;
  readonly ran: Readonly<Record<string, number>>;
}

export interface TaskFilter {
  readonly queue?: string;
  readonly state?: TaskState;
  /** At most; 1 to 1000, default 50. */
  readonly limit?: number;
}

/** A task to be sent; what is absent is as its queue says. */
export interface NewTask {
  readonly queue: string;
  readonly body: Buffer;
  readonly contentType: string;
  readonly delayMs?: number;
  readonly priority?: number;
  readonly retries?: number;
  readonly timeoutMs?: number;
  /** Sent again with the same one it is the same task. */
  readonly key?: string;
  /** Where its end is told. */
  readonly callback?: string;
}
