import { encodedPlan } from '../../spec/aggregate-plan.ts';
import { partProblems } from '../../spec/aggregate-access.ts';
import { AGGREGATOR } from '../../spec/aggregator.ts';
import { answers } from '../../spec/answers.ts';
import type { GatewaySpec } from '../../spec/spec.ts';
import type { GatewayPaths } from '../plan.ts';
import { PARTS_SOCKET } from './names.ts';
import { word } from './quote.ts';
import type { NumberedRoute } from './routes.ts';
import { ifRoute } from './routes.ts';

/** The aggregator says itself which part was too slow: it is given a moment more than they all have. */
export const ANSWERING_MS = 1_000;

type Routed = Pick<GatewaySpec, 'routes'>;

/** Whether some route's answer is made of parts: only then HAProxy listens for them. */
export function anyAggregate({ routes }: Routed): boolean {
  return routes.some(({ aggregate }) => aggregate !== null);
}

/** Where parts are asked for: by whoever started HAProxy, which binds before it drops root. Every rule holds here, too. */
export function partsBindLines(gateway: Routed, { runFolder }: GatewayPaths): readonly string[] {
  if (!anyAggregate(gateway)) return [];
  return [`bind ${word(`unix@${runFolder}/${PARTS_SOCKET}`)} mode 600 name parts`];
}

/**
 * A part is asked for in the name of the client: its address and how it came are believed on that socket alone, and what
 * does not name it is refused.
 */
export function partsClientLines(gateway: GatewaySpec): readonly string[] {
  if (!anyAggregate(gateway)) return [];
  return [
    'acl for-parts so_name -m str parts',
    `http-request deny deny_status 400 if for-parts !{ req.hdr_ip(${CLIENT}) -m found }`,
    `http-request set-src req.hdr_ip(${CLIENT}) if for-parts`,
    ...(gateway.tls || gateway.trustedProxies.length > 0
      ? [`http-request set-var(txn.scheme) req.fhdr(${SCHEME}) if for-parts`]
      : []),
  ];
}

/** What the aggregator is told with each request of its routes. `scheme` is a format. */
export function aggregateLines(
  routes: readonly NumberedRoute[],
  scheme: string,
): readonly string[] {
  const aggregates = routes.filter(({ route }) => route.aggregate !== null);
  if (aggregates.length === 0) return [];
  return [
    // No part leads here: that is checked. Should one all the same, it does not go round for ever.
    'http-request return status 403 default-errorfiles if { so_name -m str parts }',
    ...aggregates.flatMap(({ route, number }) => {
      return ifRoute(`http-request set-header x-tidegate-aggregate ${encodedPlan(route)}`, [
        number,
      ]);
    }),
    `http-request set-header ${CLIENT} %[src]`,
    `http-request set-header ${SCHEME} ${scheme}`,
  ];
}

/** What must not reach HAProxy, whatever let it through before. */
export function partRefusals({ routes }: Routed): readonly string[] {
  return [
    ...partProblems(routes).map(
      ({ route, part, rule }) => `gateway.routes[${route}].aggregate.${part}: ${rule}`,
    ),
    ...routes.flatMap((route, index) =>
      (route.aggregate !== null) === answers(route, AGGREGATOR)
        ? []
        : [`gateway.routes[${index}]: ${AGGREGATOR} answers aggregates, and nothing else does`],
    ),
  ];
}

// Private

const CLIENT = 'x-tidegate-client';
const SCHEME = 'x-tidegate-scheme';
