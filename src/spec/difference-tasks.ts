import { canonical } from './canonical.ts';
import { DEFAULTS } from './defaults.ts';
import { impliedQueue } from './resolve-queues.ts';
import type { Spec } from './spec.ts';
import type { QueueSpec } from './tasks.ts';

/**
 * `tasks` by the keys of the file, without what only follows from async routes and from `databases`; null: nothing is
 * left that anybody wrote.
 */
export function writtenTasks(spec: Spec): Readonly<Record<string, unknown>> | null {
  if (spec.tasks === null) return null;
  const { callbacks, queues, database, ...rest } = spec.tasks;
  const written = {
    ...rest,
    database: isDefaultDatabase(database, spec) ? null : database,
    queues: Object.fromEntries(
      Object.entries(queues).filter(([, queue]) => !isImplied(queue, spec)),
    ),
    callbacks: callbacks.hosts,
    privateCallbacks: callbacks.privateNetworks,
    callbackSecret: callbacks.secret,
  };
  return canonical(written) === canonical(NOTHING) ? null : written;
}

/** `databases` by the names of the file. */
export function writtenDatabases({ databases }: Spec): Spec['databases'] {
  return Object.fromEntries(Object.entries(databases).filter(([, { implicit }]) => !implicit));
}

// Private

const { path, bodyLimitBytes, resultLimitBytes, keepMs, keepFailedMs } = DEFAULTS.tasks;

/** What an async route alone leads to. */
const NOTHING = {
  path,
  auth: null,
  database: null,
  queues: {},
  schedules: {},
  callbacks: [],
  privateCallbacks: false,
  callbackSecret: null,
  workerToken: null,
  bodyLimitBytes,
  resultLimitBytes,
  keepMs,
  keepFailedMs,
};

function isDefaultDatabase(name: string, { databases }: Spec): boolean {
  if (databases[name]?.implicit) return true;
  const there = Object.values(databases).filter(({ kind }) => kind === 'postgres');
  return there.length === 1;
}

function isImplied(queue: QueueSpec, { gateway }: Spec): boolean {
  const own = gateway.routes.filter((route) => route.async === queue.name);
  if (queue.service === null || own.length === 0) return false;
  const timeoutsMs = own.map(({ timeoutMs }) => timeoutMs);
  return canonical(queue) === canonical(impliedQueue(queue.service, timeoutsMs));
}
