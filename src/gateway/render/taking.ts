import type { GatewaySpec, RouteSpec } from '../../spec/spec.ts';
import { TASKS_SERVICE, TASK_HEADERS } from '../../spec/tasks-program.ts';
import type { GatewayState } from '../gateway.ts';
import { chunks } from './chunks.ts';
import { claimVariable } from './identity-claims.ts';
import { backendName } from './names.ts';
import { RESPOND_ASYNC } from './prefer.ts';
import { literal, word } from './quote.ts';
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
export function takerLines(
  service: string,
  routes: readonly NumberedRoute[],
  gateway: Pick<GatewaySpec, 'jwt'>,
): readonly string[] {
  if (service !== TASKS_SERVICE) return [];
  const numbers = (wanted: (route: RouteSpec) => boolean): string[] =>
    routes.filter(({ route }) => wanted(route)).map(({ number }) => String(number));
  const checkedThere = numbers(
    ({ async, auth, from }) => async === null && auth === null && from === 'anywhere',
  );
  const hasSubject = `{ var(${claimVariable('sub')}) -m found }`;
  return [
    ...toldLines(routes, TASK_HEADERS.queue, ({ async }) => async),
    // What comes without a length is counted only by who takes it.
    ...toldLines(routes, TASK_HEADERS.bodyLimit, ({ async, bodyLimitBytes }) =>
      async === null ? null : String(bodyLimitBytes),
    ),
    `http-request set-header ${TASK_HEADERS.subject} %[var(${claimVariable('sub')})] if ${hasSubject}`,
    ...toldLines(routes, TASK_HEADERS.issuer, (route) => issuerOf(route, gateway), hasSubject),
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

/** A header that says `value` of the route to who takes tasks; null: nothing is said. */
function toldLines(
  routes: readonly NumberedRoute[],
  header: string,
  value: (route: RouteSpec) => string | null,
  also = '',
): readonly string[] {
  const numbers = new Map<string, number[]>();
  for (const { route, number } of routes) {
    const told = value(route);
    if (told === null) continue;
    numbers.set(told, [...(numbers.get(told) ?? []), number]);
  }
  return [...numbers].flatMap(([told, some]) =>
    ifRoute(
      `http-request set-header ${header} ${word(literal(told))}`,
      some,
      also === '' ? '' : ` ${also}`,
    ),
  );
}

/** Who vouches for a `sub`: subjects of two are two, also where they are called the same. */
function issuerOf({ auth }: RouteSpec, { jwt }: Pick<GatewaySpec, 'jwt'>): string | null {
  return auth === null ? null : (jwt[auth]?.issuer ?? auth);
}
