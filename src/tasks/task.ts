/** The shapes of a task as everybody outside of the database sees it: API, command line, dashboard. */

export const TASK_STATES = ['queued', 'running', 'succeeded', 'failed', 'cancelled'] as const;
export type TaskState = (typeof TASK_STATES)[number];

/** Where nothing happens to a task any more, unless a person has it tried again. */
export const FINAL_STATES = ['succeeded', 'failed', 'cancelled'] as const satisfies TaskState[];

export interface TaskView {
  /** 32 hexadecimal digits: 128 random bits. */
  readonly id: string;
  readonly queue: string;
  readonly state: TaskState;
  /** -100 to 100; the highest is delivered first. */
  readonly priority: number;
  readonly method: string;
  readonly path: string;
  /** ISO 8601, as all times here. */
  readonly createdAt: string;
  /** While it is queued for later (a delay, a retry): until when. */
  readonly notBefore: string | null;
  /** Of the newest attempt. */
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  /** Deliveries begun. */
  readonly attempt: number;
  /** Deliveries after the first failed one. */
  readonly retries: number;
  readonly timeoutMs: number;
  /** Those that did not succeed, the oldest first; the newest 20, of the same interruptions in a row one. */
  readonly attempts: readonly AttemptView[];
  /** Why it failed, as a sentence; null: it did not. */
  readonly error: string | null;
  /** What the service answered last; null: nothing yet. */
  readonly result: ResultView | null;
  readonly callback: CallbackView | null;
  /** What it carries; where one task is shown only: not in lists, events and callbacks. */
  readonly request?: RequestView;
}

export interface RequestView {
  /** Without secrets. */
  readonly headers: Readonly<Record<string, string>>;
  /** As in `ResultView`; null: there is none, or it is above 64 KB. */
  readonly body: unknown;
  readonly encoding: ResultView['encoding'];
  /** Of the body as it was sent. */
  readonly bytes: number;
}

export interface AttemptView {
  /** From 1. */
  readonly number: number;
  readonly startedAt: string;
  readonly endedAt: string;
  /**
   * `failed`: it counts towards `retries`. `postponed`: the service asked for it (429, 503 with `Retry-After`).
   * `interrupted`: it was cut short by us, or never came to a replica; it does not count.
   */
  readonly outcome: 'failed' | 'postponed' | 'interrupted';
  readonly status: number | null;
  readonly error: string;
}

export interface ResultView {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON where the answer is JSON, text where it is text, else base64; null: empty, or too large to be kept. */
  readonly body: unknown;
  readonly encoding: 'json' | 'text' | 'base64' | 'none';
  /** What the service sent; more than is kept where it was too large. */
  readonly bytes: number;
}

export interface CallbackView {
  readonly url: string;
  readonly state: 'waiting' | 'delivered' | 'failed';
  readonly attempts: number;
  readonly error: string | null;
}
