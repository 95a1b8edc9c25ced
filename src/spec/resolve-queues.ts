import { DEFAULTS } from './defaults.ts';
import type { Report } from './report.ts';
import type { Config } from './schema/config.ts';
import type { QueueSpec } from './tasks.ts';

type GivenRoute = NonNullable<NonNullable<Config['gateway']>['routes']>[number];
type GivenQueue = NonNullable<NonNullable<Config['tasks']>['queues']>[string];

/** Whether anything of tasks is asked for: the section, or a route that is async. */
export function hasTasks({ tasks, gateway }: Config): boolean {
  return tasks !== undefined || (gateway?.routes ?? []).some((route) => route.async === true);
}

/** The queues of the file with their defaults, and those that its async routes imply. */
export function resolveQueues(config: Config, report: Report): Readonly<Record<string, QueueSpec>> {
  const given = Object.entries(config.tasks?.queues ?? {});
  const queues = given.map(([name, queue]) => withDefaults(name, queue));
  for (const [name, queue] of given) checkQueue(name, queue, report);
  const timeoutsMs = new Map<string, number[]>();
  for (const route of config.gateway?.routes ?? []) {
    const service = asyncService(route);
    if (service === null || queues.some(({ name }) => name === asyncQueue(service, config))) {
      continue;
    }
    const own = timeoutsMs.get(service) ?? [];
    timeoutsMs.set(service, [...own, route.timeout ?? DEFAULTS.route.timeoutMs]);
  }
  const implied = [...timeoutsMs].map(([service, own]) => impliedQueue(service, own));
  return Object.fromEntries([...queues, ...implied].map((queue) => [queue.name, queue]));
}

/** The queue of async routes that no queue of the file is for; they may take as long as the routes let them. */
export function impliedQueue(service: string, routeTimeoutsMs: readonly number[]): QueueSpec {
  return { ...withDefaults(service, { service }), timeoutMs: Math.max(...routeTimeoutsMs) };
}

/** Who does the work of an async route; null: it is not async, or cannot be. */
export function asyncService({ async, service, aggregate }: Partial<GivenRoute>): string | null {
  if (async !== true || service === undefined || aggregate !== undefined) return null;
  if (typeof service === 'string') return service;
  const some = Object.keys(service).filter((name) => (service[name] ?? 0) > 0);
  return some.length === 1 ? (some[0] ?? null) : null;
}

/** The queue for async requests to a service: its only one, where tasks are delivered, or else the one of its name. */
export function asyncQueue(service: string, { tasks }: Config): string {
  const own = Object.entries(tasks?.queues ?? {}).filter(
    ([, queue]) => queue.service === service && (queue.delivery ?? 'push') === 'push',
  );
  return own.length === 1 ? (own[0]?.[0] ?? service) : service;
}

// Private

function withDefaults(name: string, queue: GivenQueue): QueueSpec {
  const defaults = DEFAULTS.queue;
  return {
    name,
    service: queue.service ?? null,
    delivery: queue.delivery ?? defaults.delivery,
    path: queue.path ?? defaults.path,
    retries: queue.retries ?? defaults.retries,
    timeoutMs: queue.timeout ?? defaults.timeoutMs,
    concurrency: queue.concurrency ?? null,
    backoff: backoffOf(queue),
  };
}

/** One of the two given alone takes the other along. */
function backoffOf({ backoff = {} }: GivenQueue): QueueSpec['backoff'] {
  const { leastMs, mostMs } = DEFAULTS.queue.backoff;
  const least = backoff.least ?? Math.min(leastMs, backoff.most ?? leastMs);
  return { leastMs: least, mostMs: backoff.most ?? Math.max(mostMs, least) };
}

function checkQueue(name: string, queue: GivenQueue, report: Report): void {
  const at = ['tasks', 'queues', name];
  if (queue.service === undefined && queue.delivery !== 'pull') {
    const path = [...at, 'service'];
    report(
      path,
      "is missing: it must say which service the tasks are delivered to, unless delivery: 'pull' lets workers fetch them",
      { dependsOn: [path, [...at, 'delivery']] },
    );
  }
  const { least, most } = queue.backoff ?? {};
  if (least !== undefined && most !== undefined && most < least) {
    const [atLeast, atMost] = [
      [...at, 'backoff', 'least'],
      [...at, 'backoff', 'most'],
    ];
    report(atMost, 'must not be below least', { dependsOn: [atLeast, atMost] });
  }
}
