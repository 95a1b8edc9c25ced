import { DEFAULTS } from './defaults.ts';
import type { RouteSpec } from './spec.ts';
import { TASKS_SERVICE } from './tasks-program.ts';
import type { TasksSpec } from './tasks.ts';

/** `?wait=60s`, a lease's wait and the events of a task, with time to answer. */
const TIMEOUT_MS = 75_000;

/** The routes of our own that stand before the user's; none without tasks. */
export function tasksRoutes(tasks: TasksSpec | null): readonly RouteSpec[] {
  if (tasks === null) return [];
  const { path, auth, bodyLimitBytes, resultLimitBytes } = tasks;
  // A result in JSON may take twice the room, and must be taken even if it is not kept.
  const reportBytes = Math.max(bodyLimitBytes, 2 * resultLimitBytes);
  // Who leases shows the worker token, which the program checks: no JWT, from anywhere.
  const forWorkers = ['/:queue/lease', '/:id/extend', '/:id/complete', '/:id/fail'].map((each) =>
    route(`${path}${each}`, { methods: ['POST'], bodyLimitBytes: reportBytes }),
  );
  return [
    ...forWorkers,
    route(`${path}/*`, { auth, bodyLimitBytes, from: auth === null ? 'loopback' : 'anywhere' }),
  ];
}

// Private

function route(path: string, own: Partial<RouteSpec>): RouteSpec {
  return {
    id: path,
    services: [{ service: TASKS_SERVICE, weight: 1 }],
    path,
    methods: [],
    hosts: [],
    headers: {},
    timeoutMs: TIMEOUT_MS,
    bodyLimitBytes: DEFAULTS.route.bodyLimitBytes,
    lengthRequired: false,
    auth: null,
    scopes: [],
    claims: {},
    rateLimit: null,
    cache: null,
    cors: null,
    rewrite: null,
    requestHeaders: {},
    responseHeaders: {},
    aggregate: null,
    async: null,
    from: 'anywhere',
    ...own,
  };
}
