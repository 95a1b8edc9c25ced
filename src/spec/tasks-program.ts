import type { TasksSpec } from './tasks.ts';

/** The services of our own that take tasks and that deliver them; no others may be called so. */
export const TASKS_SERVICE = 'tidegate-tasks';
export const DISPATCH_SERVICE = 'tidegate-dispatch';

/** What both are told in the variable TIDEGATE_TASKS; a change of it is a new revision of theirs. */
export interface TasksProgram {
  readonly path: TasksSpec['path'];
  readonly queues: TasksSpec['queues'];
  readonly schedules: TasksSpec['schedules'];
  readonly callbacks: Pick<TasksSpec['callbacks'], 'hosts' | 'privateNetworks'>;
  readonly bodyLimitBytes: number;
  readonly resultLimitBytes: number;
  readonly keepMs: number;
  readonly keepFailedMs: number;
  /** Service → deliveries that one of its replicas may have at once. */
  readonly perReplica: Readonly<Record<string, number>>;
}

/**
 * What else they find in their environment, given by the control plane when it starts them. The first three are secrets,
 * and stand neither in the state file nor in a revision.
 */
export const TASKS_VARIABLES = {
  databaseUrl: 'TIDEGATE_TASKS_DATABASE_URL',
  workerToken: 'TIDEGATE_WORKER_TOKEN',
  webhookSecret: 'TIDEGATE_WEBHOOK_SECRET',
  /** The private listener of the gateway that deliveries go through. */
  deliverySocket: 'TIDEGATE_DELIVERY_SOCKET',
} as const;

/** Requests that a replica of the one that takes tasks gets at once; most of them wait for a task to end. */
export const TAKEN_AT_ONCE = 2_000;

/** Headers between gateway, tasks service and dispatcher; clients' own are removed by the gateway. */
export const TASK_HEADERS = {
  /** Gateway → tasks service: the request is of an async route, and this is its queue. */
  queue: 'x-tidegate-queue',
  /** Gateway → tasks service: the `sub` of the verified token. */
  subject: 'x-tidegate-subject',
  /** Gateway → tasks service: who vouches for the subject; another's may have the same `sub`. */
  issuer: 'x-tidegate-issuer',
  /** Gateway → tasks service: bytes that the body of a request of an async route may have. */
  bodyLimit: 'x-tidegate-body-limit',
  /** Dispatcher → gateway: which service it is for. */
  service: 'x-tidegate-service',
  /** Gateway → dispatcher: a replica has answered; without it the gateway itself has. */
  answeredBy: 'x-tidegate-answered-by',
} as const;

/** What the dispatcher asks its listener: `{"worker":2}`, replicas that take requests, by service. */
export const CAPACITY_PATH = '/.tidegate/capacity';
