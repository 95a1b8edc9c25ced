import { hostPattern, name, requestPath } from './safe-text.ts';
import { duration, list, named, section, whole } from './values.ts';

const queue = section({
  /** The service that does the work. */
  service: name,
  /** Where on it the task is delivered. */
  path: requestPath.optional(),
  /** Deliveries after the first one failed. */
  retries: whole(0, 100).optional(),
  /** How long one delivery may take. */
  timeout: duration().optional(),
});

export const tasks = section({
  /** Where the gateway takes tasks. Default '/tasks'. */
  path: requestPath.optional(),
  /** Which of `gateway.jwt` a caller must satisfy. */
  auth: name.optional(),
  /** Queues by name. */
  queues: named(name, queue).optional(),
  /** Hosts that callbacks may go to. */
  callbacks: list(hostPattern).optional(),
});
