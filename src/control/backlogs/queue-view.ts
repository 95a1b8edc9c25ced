import type { ScheduleView } from './schedule-view.ts';

/** What is shown of tasks; without any, `{ url: null, problem: null, queues: [], schedules: [] }`. */
export interface TasksView {
  /** Where clients send them; null: there are no tasks. */
  readonly url: string | null;
  /** Why nothing newer is known, as a sentence; null: all is well. */
  readonly problem: string | null;
  readonly queues: readonly QueueView[];
  readonly schedules: readonly ScheduleView[];
}

/** Numbers are as last seen; rates and percentiles are over the last minute. */
export interface QueueView {
  readonly name: string;
  /** Who works it off; null: workers that are not ours. */
  readonly service: string | null;
  readonly delivery: 'push' | 'pull';
  readonly waiting: number;
  /** Queued for later: a delay, or a retry that is not due. */
  readonly later: number;
  readonly running: number;
  /** How long the one that is due for longest has been; null: none is. */
  readonly oldestMs: number | null;
  readonly sentPerSecond: number;
  readonly finishedPerSecond: number;
  /** From being due to being delivered. */
  readonly waitMs: Percentiles;
  /** The last delivery. */
  readonly runMs: Percentiles;
  /** Of all time. */
  readonly sent: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly cancelled: number;
  readonly retried: number;
  /** Until all that waits for its service is worked off, by who is ready now; null: not known. */
  readonly drainTimeMs: number | null;
  /** In what time it should be (`target.drainTime`); null: nothing is said of it. */
  readonly drainTargetMs: number | null;
  /** Why it is not worked off in time, as a sentence; null: it is. */
  readonly problem: string | null;
}

/** Null: nothing finished. */
export interface Percentiles {
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
}

export const NO_TASKS: TasksView = { url: null, problem: null, queues: [], schedules: [] };
