import type { GatewaySpec, RouteSpec } from '../../spec/spec.ts';
import { TASKS_SERVICE, TASK_HEADERS } from '../../spec/tasks-program.ts';
import type { GatewayState } from '../gateway.ts';
import { chunks } from './chunks.ts';
import { claimVariable } from './identity-claims.ts';
import { backendName } from './names.ts';
import { RESPOND_ASYNC } from './prefer.ts';
import { word } from './quote.ts';
import { ifRoute } from './routes.ts';
import type { NumberedRoute } from './routes.ts';
import { TAKING_MS } from './timeouts.ts';

/**
 * Requests that become tasks. They meet every rule of their route, those of its service's backend included, and then go to
 * the service that writes them down: the rules apply there, once, and not again when the task is delivered.
 */

/** Of requests that become tasks. */
export const TAKEN = '{ var(txn.task) -m found }';

/** Whether the project has tasks at all. */
export function hasTasks({ services, gateway }: GatewayState): boolean {
  return Object.hasOwn(services, TASKS_SERVICE) || Object.keys(gateway.deliveries).length > 0;
}

/** Names that workers believe, in whatever spelling: nobody but the dispatcher may say them. A pattern. */
export const WORKERS_HEADERS = 'task[^a-z0-9,](id|attempt|queue|subject)';

/** Marks what becomes a task. Behind all that may refuse, before an answer is looked for. */
export function takingLines({ routes }: Pick<GatewaySpec, 'routes'>): readonly string[] {
  return ifRoute(
    'http-request set-var(txn.task) bool(1)',
    routes.flatMap(({ async }, index) => (async === null ? [] : [index + 1])),
    ` { req.hdr(prefer) -m reg -i -- ${word(RESPOND_ASYNC)} }`,
  );
}

/** Before any other choice of a backend but that of who must ask the next worker. */
export function takingBackendLines({ routes }: Pick<GatewaySpec, 'routes'>): readonly string[] {
  return routes.some(({ async }) => async !== null)
    ? [`use_backend ${backendName(TASKS_SERVICE)} if ${TAKEN}`]
    : [];
}

/**
 * The routes whose requests this service may take as tasks. Who sends one may wait for the result, however soon the service
 * of the route is to answer.
 */
export function takenRoutes(
  { routes }: Pick<GatewaySpec, 'routes'>,
  service: string,
): readonly NumberedRoute[] {
  if (service !== TASKS_SERVICE) return [];
  return routes.flatMap((route, index) =>
    route.async === null ? [] : [{ route: { ...route, timeoutMs: TAKING_MS }, number: index + 1 }],
  );
}

/**
 * What the service that takes tasks is told and what is kept from it. Credentials end here, also those that a route sets:
 * only those of workers that lease, which the service itself checks, get through.
 */
export function takerLines(service: string, routes: readonly NumberedRoute[]): readonly string[] {
  if (service !== TASKS_SERVICE) return [];
  const numbers = (wanted: (route: RouteSpec) => boolean): string[] =>
    routes.filter(({ route }) => wanted(route)).map(({ number }) => String(number));
  const checkedThere = numbers(
    ({ async, auth, from }) => async === null && auth === null && from === 'anywhere',
  );
  const subject = claimVariable('sub');
  return [
    ...queueLines(routes),
    `http-request set-header ${TASK_HEADERS.subject} %[var(${subject})] if { var(${subject}) -m found }`,
    ...chunks(checkedThere).map((some) => `acl lease var(txn.route) -m int ${some.join(' ')}`),
    `http-request del-header authorization${checkedThere.length > 0 ? ' unless lease' : ''}`,
    'http-request del-header cookie',
    // Whatever its method, it is written down once.
    `http-request disable-l7-retry if ${TAKEN}`,
    // A task is no tunnel.
    'http-request del-header upgrade',
    'http-request del-header connection',
  ];
}

// Private

function queueLines(routes: readonly NumberedRoute[]): readonly string[] {
  const queues = new Map<string, number[]>();
  for (const { route, number } of routes) {
    if (route.async === null) continue;
    queues.set(route.async, [...(queues.get(route.async) ?? []), number]);
  }
  return [...queues].flatMap(([queue, numbers]) =>
    ifRoute(`http-request set-header ${TASK_HEADERS.queue} ${queue}`, numbers),
  );
}
