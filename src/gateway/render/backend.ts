import type { BalanceSpec, HealthSpec, RouteSpec } from '../../spec/spec.ts';
import { answers } from '../../spec/answers.ts';
import { TASKS_SERVICE } from '../../spec/tasks-program.ts';
import type { GatewayService, GatewayState } from '../gateway.ts';
import type { GatewayPaths } from '../plan.ts';
import { bodyLines } from './body.ts';
import { clientScheme } from './client-address.ts';
import {
  UNCALM,
  circuitLines,
  circuitLookLines,
  circuitPages,
  outOfPlaceLines,
} from './circuit.ts';
import { deliveredLines, deliveryServerLines, movedDeliveryLines } from './deliveries.ts';
import { denialLines } from './denial.ts';
import { goneLines } from './gone-clients.ts';
import { backendName, checkedName, cookieName } from './names.ts';
import { word } from './quote.ts';
import { ownRequestHeaderLines, ownResponseHeaderLines } from './own-headers.ts';
import { ANSWERING_MS, aggregateLines } from './parts.ts';
import { rewriteLines, rewriteRefusalLines } from './rewrite.ts';
import { ifRoute } from './routes.ts';
import type { NumberedRoute } from './routes.ts';
import { seatsOf, serverLines } from './servers.ts';
import { QUEUED, sheddingLines, sheddingLookLines, sheddingPages } from './shedding.ts';
import { handoverServerLines, holdLines } from './sleep.ts';
import { takenRoutes, takerLines } from './taking.ts';
import { DEFAULT_TIMEOUT_MS } from './timeouts.ts';

/** A request that may have been processed is sent again only with these methods (RFC 9110 9.2.2). */
const IDEMPOTENT = 'GET HEAD OPTIONS PUT DELETE';

/** The lines of one service's backend, its servers last. */
export function backendSectionLines(
  service: GatewayService,
  slots: readonly (string | null)[],
  state: GatewayState,
  paths: GatewayPaths,
): readonly string[] {
  const { spec } = service;
  const { gateway } = state;
  const routes = [
    ...gateway.routes.flatMap((route, index) =>
      answers(route, spec.name) ? [{ route, number: index + 1 }] : [],
    ),
    ...takenRoutes(gateway, spec.name),
  ];
  const seats = seatsOf(service, slots);
  return [
    ...balanceLines(spec.balance),
    'option allbackups',
    ...circuitLookLines(service, paths),
    ...sheddingLookLines(service, routes, paths),
    ...timeoutLines(routes.map(withRoomToAnswer)),
    ...bodyLines(service, routes, gateway),
    ...rewriteRefusalLines(routes),
    ...deliveredLines(service, gateway),
    ...holdLines(service, state, paths),
    ...movedDeliveryLines(service, gateway),
    ...rewriteLines(routes, service.sleep !== null),
    ...ownRequestHeaderLines(routes, service.sleep !== null),
    ...ownResponseHeaderLines(routes, spec.name === TASKS_SERVICE),
    ...takerLines(spec.name, routes, gateway),
    ...aggregateLines(routes, clientScheme(gateway)),
    ...retryLines(spec.retries),
    ...troubleLines(service, routes, state, paths),
    ...goneLines(service, state),
    ...checkLines(spec.health),
    ...(spec.sticky ? stickyLines(spec.name, seats.length) : []),
    ...outOfPlaceLines(service, seats.length, paths),
    `default-server ${defaultServer(spec)}`,
    ...seats.flatMap((seat, slot) => serverLines(seat, slot, spec.sticky)),
    ...handoverServerLines(service, paths),
    ...deliveryServerLines(service, gateway, paths),
  ];
}

// Private

/** The last rules: what is done where the circuit is not calm or many wait. Nobody else is asked anything of it. */
function troubleLines(
  service: GatewayService,
  routes: readonly NumberedRoute[],
  { gateway }: GatewayState,
  paths: GatewayPaths,
): readonly string[] {
  const pages = [...circuitPages(service), ...sheddingPages(service, routes)];
  if (pages.length === 0) return [];
  const { spec } = service;
  const troubled = [
    ...(spec.breaker ? [UNCALM] : []),
    ...(spec.concurrency === null ? [] : [QUEUED]),
  ];
  return [
    `http-request allow unless ${troubled.join(' || ')}`,
    ...circuitLines(service),
    ...sheddingLines(service, routes),
    ...denialLines(pages, paths, gateway.accessLog, backendName(spec.name)),
  ];
}

function balanceLines(balance: BalanceSpec): readonly string[] {
  switch (balance.kind) {
    case 'least-connections':
      return ['balance leastconn'];
    case 'round-robin':
      return ['balance roundrobin'];
    case 'random':
      return ['balance random'];
    case 'hash':
      break;
  }
  const { by } = balance;
  const key =
    by.kind === 'ip'
      ? 'source'
      : by.kind === 'header'
        ? `hdr(${by.name})`
        : `hash req.cook(${by.name})`;
  return [`balance ${key}`, 'hash-type consistent'];
}

/** An aggregate's parts may take all of its timeout, and what was too slow is still to be said. */
function withRoomToAnswer({ route, number }: NumberedRoute): NumberedRoute {
  if (route.aggregate === null) return { route, number };
  return { route: { ...route, timeoutMs: route.timeoutMs + ANSWERING_MS }, number };
}

/** `timeout server` counts from one byte to the next, so a stream that flows is not cut. */
function timeoutLines(routes: readonly NumberedRoute[]): readonly string[] {
  const timeouts = [...new Set(routes.map(({ route }) => route.timeoutMs))];
  const longestMs = timeouts.length === 0 ? DEFAULT_TIMEOUT_MS : Math.max(...timeouts);
  return [
    `timeout server ${longestMs}ms`,
    `timeout queue ${longestMs}ms`,
    ...timeouts
      .filter((timeoutMs) => timeoutMs !== longestMs)
      .flatMap((timeoutMs) =>
        ifRoute(
          `http-request set-timeout server ${timeoutMs}ms`,
          numbers(routes, (route) => route.timeoutMs === timeoutMs),
        ),
      ),
  ];
}

function numbers(
  routes: readonly NumberedRoute[],
  wanted: (route: RouteSpec) => boolean,
): number[] {
  return routes.filter(({ route }) => wanted(route)).map(({ number }) => number);
}

function retryLines(retries: number): readonly string[] {
  if (retries === 0) return ['retries 0'];
  return [
    `retries ${retries}`,
    'option redispatch 1',
    'retry-on conn-failure empty-response response-timeout 0rtt-rejected',
    `http-request disable-l7-retry if !{ method ${IDEMPOTENT} }`,
  ];
}

/**
 * HAProxy has seen enough when the head of an answer is there. By itself it would reset the connection then, under a server
 * that writes the body apart. Waiting for the body (`expect string`) would fail answers that have none.
 */
const LINGER = 'http-check connect default linger';

function checkLines(health: HealthSpec): readonly string[] {
  const timeout = `timeout check ${health.timeoutMs}ms`;
  if (health.path === null) return [timeout];
  return [
    timeout,
    'option httpchk',
    LINGER,
    `http-check send meth GET uri ${word(health.path)} ver HTTP/1.1 hdr Host localhost hdr User-Agent tidegate`,
    'http-check expect status 200-399',
  ];
}

/**
 * A cookie names the slot. Its spare has no checks and bears the same name, so a client would stay with a replica that
 * fails: its cookie is ignored then, unless all fail.
 */
function stickyLines(service: string, slots: number): readonly string[] {
  const cookie = cookieName(service);
  const backend = backendName(service);
  const names = Array.from({ length: slots }, (_, slot) => checkedName(slot));
  return [
    `cookie ${cookie} insert indirect nocache httponly attr SameSite=Lax`,
    ...names.map((name) => `acl some-up srv_is_up(${backend}/${name})`),
    ...names.map(
      (name) =>
        `ignore-persist if { req.cook(${cookie}) -m str ${name} } !{ srv_is_up(${backend}/${name}) } some-up`,
    ),
  ];
}

/**
 * Three misses put a server out of rotation, and so does a single connection that cannot be made. One good answer brings
 * it back: what failed was busy or gone, and while it is out its neighbours carry its load.
 */
function defaultServer({ health, concurrency, slowStartMs }: GatewayService['spec']): string {
  return [
    `check inter ${health.intervalMs}ms fall 3 rise 1 weight 100`,
    // Node and others close idle connections after 5 s; ours are gone before.
    'pool-purge-delay 1s',
    // One that refuses is the least busy of all: while the others are full it would get every retry.
    'observe layer4 error-limit 1 on-error mark-down',
    ...(concurrency === null ? [] : [`maxconn ${concurrency}`]),
    ...(slowStartMs === null ? [] : [`slowstart ${slowStartMs}ms`]),
  ].join(' ');
}
