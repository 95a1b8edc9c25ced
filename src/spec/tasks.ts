import type { SecretRef } from './spec.ts';

/** Durable asynchronous work, resolved. */
export interface TasksSpec {
  /** Where the gateway takes and shows tasks: `/tasks`. */
  readonly path: string;
  /** One of `gateway.jwt`; null: tasks are taken from loopback clients only. */
  readonly auth: string | null;
  /** The PostgreSQL in `Spec.databases` that holds queues and results. */
  readonly database: string;
  /** With those that follow from `async` routes. */
  readonly queues: Readonly<Record<string, QueueSpec>>;
  readonly schedules: Readonly<Record<string, ScheduleSpec>>;
  readonly callbacks: CallbacksSpec;
  /** What workers that lease show; null: a token made for the project, in `.tidegate/worker-token`. */
  readonly workerToken: SecretRef | null;
  /** The largest body of a task sent to `path`; an async route has its own `bodyLimit`. */
  readonly bodyLimitBytes: number;
  /** The body of a larger answer is not kept. */
  readonly resultLimitBytes: number;
  /** How long a task that succeeded or was cancelled is kept. */
  readonly keepMs: number;
  /** How long one that failed is. */
  readonly keepFailedMs: number;
}

export interface QueueSpec {
  readonly name: string;
  /** Who does the work; null: workers that are not ours lease it. */
  readonly service: string | null;
  /** `push`: delivered to the replicas of `service`; `pull`: workers lease. */
  readonly delivery: 'push' | 'pull';
  /** Where on the service a task sent to the queue is delivered, with POST. */
  readonly path: string;
  /** Deliveries after the first one failed. */
  readonly retries: number;
  /** How long one delivery may take, or a lease lasts. */
  readonly timeoutMs: number;
  /** Deliveries of this queue under way at once; null: as many as the replicas may have. */
  readonly concurrency: number | null;
  /** The wait before a retry: doubles from the least to the most, jittered. */
  readonly backoff: { readonly leastMs: number; readonly mostMs: number };
}

export interface ScheduleSpec {
  readonly name: string;
  readonly queue: string;
  /** Five fields, or six with seconds. */
  readonly cron: string;
  /** An IANA name: `Europe/Paris`. */
  readonly timezone: string;
  /** What the task carries: JSON. */
  readonly body: unknown;
}

export interface CallbacksSpec {
  /** Lower case, `*.example.org` allowed; empty: no callbacks. */
  readonly hosts: readonly string[];
  /** Whether these may resolve to addresses of loopback and private networks. */
  readonly privateNetworks: boolean;
  /** Signs callbacks (Standard Webhooks); null: a secret made for the project, in `.tidegate/webhook-secret`. */
  readonly secret: SecretRef | null;
}

/** Deliveries that one replica may have at once where its service says nothing of `concurrency`. */
export const DEFAULT_DELIVERIES = 10;

/** Where the number of waiting jobs is read for services that work off a queue. */
export type BacklogSource =
  /** Queues of our own. */
  | { readonly kind: 'queues'; readonly queues: readonly string[] }
  | { readonly kind: 'redis-list'; readonly list: string; readonly from: DatabaseRef }
  /** A query that answers one number. */
  | { readonly kind: 'sql'; readonly query: string; readonly from: DatabaseRef }
  /** `path` leads to the number in a JSON answer: `['a', 'b']`; empty: the answer is the number. */
  | { readonly kind: 'http'; readonly address: string; readonly path: readonly string[] };

/** One of `Spec.databases`, or an address. */
export type DatabaseRef =
  | { readonly kind: 'database'; readonly name: string }
  | { readonly kind: 'url'; readonly url: string | SecretRef };
