import { resolve } from 'node:path';
import { formatBytes } from '../kit/bytes.ts';
import { checkAsync } from './check-async.ts';
import { DEFAULTS } from './defaults.ts';
import type { Report } from './report.ts';
import { tasksDatabase } from './resolve-databases.ts';
import { hasTasks } from './resolve-queues.ts';
import { resolveSchedules } from './resolve-schedules.ts';
import type { Config } from './schema/config.ts';
import type { SecretRef } from './spec.ts';
import type { CallbacksSpec, QueueSpec, TasksSpec } from './tasks.ts';

type GivenTasks = NonNullable<Config['tasks']>;

/** Bodies are kept in the database as a whole, and pass through the memory of our programs. */
const LARGEST_BODY = 100 * 2 ** 20;

/** Our programs get them in a variable, which Linux holds to 128 KB. */
const LONGEST_BODIES = 64 * 2 ** 10;

/** `tasks` with its defaults, there as well where only an async route asks for it; null: none. */
export function resolveTasks(
  config: Config,
  queues: Readonly<Record<string, QueueSpec>>,
  folder: string,
  report: Report,
): TasksSpec | null {
  if (!hasTasks(config)) return null;
  const given = config.tasks ?? {};
  const defaults = DEFAULTS.tasks;
  checkAsync(config, LARGEST_BODY, report);
  if (Object.keys(queues).length === 0) {
    report(
      ['tasks', 'queues'],
      "must name at least one queue, such as { default: { service: 'worker' } }, or a route must be async",
      {
        dependsOn: [
          ['tasks', 'queues'],
          ['gateway', 'routes'],
        ],
      },
    );
  }
  checkPath(given, report);
  checkLimits(given, report);
  checkBodies(given, report);
  return {
    path: given.path ?? defaults.path,
    auth: given.auth ?? null,
    database: tasksDatabase(config, report),
    queues,
    schedules: resolveSchedules(given, queues, report),
    callbacks: resolveCallbacks(given, folder, report),
    workerToken: absolute(given.workerToken, folder),
    bodyLimitBytes: given.bodyLimit ?? defaults.bodyLimitBytes,
    resultLimitBytes: given.resultLimit ?? defaults.resultLimitBytes,
    keepMs: given.keep ?? defaults.keepMs,
    keepFailedMs: given.keepFailed ?? defaults.keepFailedMs,
  };
}

/** The services that tasks are delivered to, each with the longest that one delivery may take, ms. */
export function resolveDeliveries(
  queues: Readonly<Record<string, QueueSpec>>,
): Readonly<Record<string, number>> {
  const longest: Record<string, number> = {};
  for (const { service, delivery, timeoutMs } of Object.values(queues)) {
    if (service === null || delivery !== 'push') continue;
    longest[service] = Math.max(longest[service] ?? 0, timeoutMs);
  }
  return longest;
}

// Private

function checkPath({ path }: GivenTasks, report: Report): void {
  if (path !== '/.tidegate' && !path?.startsWith('/.tidegate/')) return;
  report(['tasks', 'path'], 'must not begin with /.tidegate/: the gateway answers there');
}

function checkLimits(given: GivenTasks, report: Report): void {
  for (const key of ['bodyLimit', 'resultLimit'] as const) {
    if ((given[key] ?? 0) <= LARGEST_BODY) continue;
    report(['tasks', key], `must be at most ${formatBytes(LARGEST_BODY)}`);
  }
}

function checkBodies({ schedules = {} }: GivenTasks, report: Report): void {
  const bodies = Object.values(schedules).map(({ body }) => JSON.stringify(body) ?? '');
  // Letters beyond ASCII take up to three bytes each.
  const longest = bodies.join('').replaceAll(/[^\0-\u007f]/g, '???').length;
  if (longest <= LONGEST_BODIES) return;
  report(
    ['tasks', 'schedules'],
    `have bodies that are too long: ${formatBytes(LONGEST_BODIES)} of JSON together`,
    { withoutValue: true },
  );
}

function resolveCallbacks(given: GivenTasks, folder: string, report: Report): CallbacksSpec {
  const hosts = [...new Set((given.callbacks ?? []).map((host) => host.toLowerCase()))];
  for (const key of ['privateCallbacks', 'callbackSecret'] as const) {
    if (given[key] === undefined || given[key] === false || hosts.length > 0) continue;
    report(['tasks', key], 'must stand beside callbacks, which names the hosts', {
      withoutValue: true,
      dependsOn: [
        ['tasks', key],
        ['tasks', 'callbacks'],
      ],
    });
  }
  return {
    hosts,
    privateNetworks: given.privateCallbacks ?? false,
    secret: absolute(given.callbackSecret, folder),
  };
}

function absolute(secret: SecretRef | undefined, folder: string): SecretRef | null {
  if (secret === undefined) return null;
  return 'file' in secret ? { file: resolve(folder, secret.file) } : secret;
}
