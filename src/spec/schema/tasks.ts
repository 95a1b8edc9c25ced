import { z } from 'zod';
import {
  hostPatternWithPort,
  line,
  name,
  plainPath,
  requestPath,
  secret,
  timeZone,
} from './safe-text.ts';
import {
  duration,
  list,
  longDuration,
  named,
  oneOf,
  section,
  size,
  whole,
  yesOrNo,
} from './values.ts';

const backoff = section({
  /** The wait before the first retry; it doubles from one to the next. Default 1 s. */
  least: duration().optional(),
  /** The longest wait. Default 10 m. */
  most: duration().optional(),
});

const queue = section({
  /** The service that does the work; none where all workers fetch from elsewhere (`delivery: 'pull'`). */
  service: name.optional(),
  /** 'push': tasks are delivered to the service; 'pull': workers lease them. Default 'push'. */
  delivery: oneOf(['push', 'pull']).optional(),
  /** Where on the service a task is delivered. Default '/'. */
  path: requestPath.optional(),
  /** Deliveries after the first one failed. Default 5. */
  retries: whole(0, 100).optional(),
  /** How long one delivery may take. Default 5 m. */
  timeout: duration().optional(),
  /** Deliveries of this queue under way at once. Default: as many as the replicas may have. */
  concurrency: whole(1, 100_000).optional(),
  /** The wait before a retry. */
  backoff: backoff.optional(),
});

const schedule = section({
  /** When: minute, hour, day of month, month, day of week; seconds may stand in front. */
  cron: line,
  /** The time zone it is meant in: 'Europe/Paris'. Default 'UTC'. */
  timezone: timeZone.optional(),
  /** The queue it is sent to. */
  queue: name,
  /** What the task carries: any JSON. Default null. */
  body: z
    .unknown()
    .refine(isJson, { error: 'must be JSON: text, numbers, true, false, null, lists and objects' })
    .optional(),
});

export const tasks = section({
  /** Where the gateway takes and shows tasks. Default '/tasks'. */
  path: plainPath.optional(),
  /** Which of `gateway.jwt` a caller must satisfy. Default: callers on this machine only. */
  auth: name.optional(),
  /** Which of `databases` holds tasks and results. Default: the only PostgreSQL there, else one is started. */
  database: name.optional(),
  /** Queues by name. */
  queues: named(name, queue).optional(),
  /** Tasks that are sent again and again, by name. */
  schedules: named(name, schedule).optional(),
  /** Hosts that callbacks may go to: 'example.org', '*.example.org', 'example.org:8443'. Default: none. */
  callbacks: list(hostPatternWithPort).optional(),
  /** Lets these be addresses of this machine and of private networks. Default false. */
  privateCallbacks: yesOrNo.optional(),
  /** What callbacks are signed with, a secret. Default: one is made. */
  callbackSecret: secret.optional(),
  /** What workers that lease show, a secret. Default: one is made. */
  workerToken: secret.optional(),
  /** The largest body of a task. Default 10 MB. */
  bodyLimit: size.optional(),
  /** The largest answer that is kept as a result. Default 1 MB. */
  resultLimit: size.optional(),
  /** How long tasks that succeeded or were cancelled are kept. Default 7 d. */
  keep: longDuration.optional(),
  /** How long those that failed are kept. Default 30 d. */
  keepFailed: longDuration.optional(),
});

// Private

const JSON_VALUE = z.json();

function isJson(value: unknown): boolean {
  try {
    // Throws where something holds itself, which the schema would follow for ever.
    return JSON.stringify(value) === undefined
      ? value === undefined
      : JSON_VALUE.safeParse(value).success;
  } catch {
    return false;
  }
}
