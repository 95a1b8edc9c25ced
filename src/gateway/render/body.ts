import type { GatewaySpec, RouteSpec } from '../../spec/spec.ts';
import type { GatewayService } from '../gateway.ts';
import { UNCALM } from './circuit.ts';
import { DELIVERED } from './deliveries.ts';
import { ifRoute } from './routes.ts';
import type { NumberedRoute } from './routes.ts';
import { BODY_START_MS } from './timeouts.ts';

/** How much of a body HAProxy holds: its buffer of 16 kB without what it keeps for headers. */
const HELD_BYTES = 15_360;

const ANNOUNCED = '{ req.fhdr(content-length) -m found }';
const WAIT = `http-request wait-for-body time ${BODY_START_MS}ms`;

/**
 * What may be sent, and how much of it must have come before a replica is asked: a body that fits into the buffer all of
 * it, of a longer one what fits. So one that is sent drop by drop waits here, where waiting costs little. Where a replica
 * takes few requests at a time that goes for bodies without a length, too; elsewhere they may be meant to flow slowly.
 */
export function bodyLines(
  { spec }: Pick<GatewayService, 'spec'>,
  routes: readonly NumberedRoute[],
  { deliveries }: Pick<GatewaySpec, 'deliveries'>,
): readonly string[] {
  return [
    ...limitLines(routes, Object.hasOwn(deliveries, spec.name)),
    ...lengthLines(routes),
    waitLine(spec),
    ...(spec.concurrency === null ? [] : heldLimitLines(routes)),
  ];
}

// Private

/** What the circuit may refuse is not waited for. */
function waitLine({ concurrency, breaker }: GatewayService['spec']): string {
  const unless = breaker ? ` !${UNCALM}` : '';
  if (concurrency === null) return `${WAIT} if ${ANNOUNCED}${unless}`;
  return unless === '' ? WAIT : `${WAIT} if${unless}`;
}

/**
 * `req.body_size`, not the header as a number: HAProxy reads that as 32 bits. Deliveries come by no route, and were held to a
 * limit when they were sent.
 */
function limitLines(routes: readonly NumberedRoute[], delivers: boolean): readonly string[] {
  const limits = [...new Set(routes.map(({ route }) => route.bodyLimitBytes))];
  if (limits.length === 1) {
    const also = delivers ? ` !${DELIVERED}` : '';
    return [`${TOO_LARGE} if { req.body_size gt ${limits[0]} }${also}`];
  }
  return limits.flatMap((limit) =>
    ifRoute(
      TOO_LARGE,
      numbers(routes, (route) => route.bodyLimitBytes === limit),
      ` { req.body_size gt ${limit} }`,
    ),
  );
}

/** Of a body that nobody announced something has come: then there is one. */
function lengthLines(routes: readonly NumberedRoute[]): readonly string[] {
  const some = numbers(routes, (route) => route.lengthRequired);
  return [
    ...ifRoute(`${WAIT} at-least 1`, some, ` !${ANNOUNCED}`),
    ...ifRoute(LENGTH_REQUIRED, some, ` !${ANNOUNCED} { req.body_len gt 0 }`),
  ];
}

/** A body without a length is counted as far as it is held. */
function heldLimitLines(routes: readonly NumberedRoute[]): readonly string[] {
  const limits = [...new Set(routes.map(({ route }) => route.bodyLimitBytes))];
  return limits
    .filter((limit) => limit < HELD_BYTES)
    .flatMap((limit) =>
      ifRoute(
        TOO_LARGE,
        numbers(routes, (route) => route.bodyLimitBytes === limit),
        ` { req.body_len gt ${limit} }`,
      ),
    );
}

const TOO_LARGE = 'http-request return status 413 default-errorfiles';

const LENGTH_REQUIRED = `http-request return status 411 content-type application/problem+json string '${JSON.stringify(
  {
    type: 'about:blank',
    title: 'Length Required',
    status: 411,
    detail: 'The body needs a Content-Length here.',
  },
)}' hdr Cache-Control no-store`;

function numbers(
  routes: readonly NumberedRoute[],
  wanted: (route: RouteSpec) => boolean,
): number[] {
  return routes.filter(({ route }) => wanted(route)).map(({ number }) => number);
}
