import type { GatewayState } from '../gateway.ts';
import type { GatewayMachine, GatewayPaths } from '../plan.ts';
import { anyCached, cacheFilterLines, cacheLookupLines, cacheStoreLines } from './cache.ts';
import { clientAddressLines } from './client-address.ts';
import { corsRequestLines, corsResponseLines, preflightLines } from './cors.ts';
import { denialLines } from './denial.ts';
import { forwardedLines } from './forwarded.ts';
import { handoverBindLines, handoverClientLines } from './handover.ts';
import { requestHeaderLines, requestIdLines, responseHeaderLines } from './headers.ts';
import { identityBackendLines, identityLines, identityPages, letByLines } from './identity.ts';
import { captureLines, logLines, samplingLines, unservedSamplingLines } from './log.ts';
import { HEALTH_PATH } from './names.ts';
import { partsBindLines } from './parts.ts';
import { rateLimitLines, rateLimitPages } from './rate-limits.ts';
import { securityHeaderLines } from './own-headers.ts';
import { loopbackLines } from './loopback.ts';
import { mayMiss, routeLines } from './routes.ts';
import { backendLines } from './split.ts';
import { takingBackendLines, takingLines } from './taking.ts';
import { bindAddress, hstsLines, redirectLines, tlsBindLines } from './tls.ts';
import { wellFormedLines } from './well-formed.ts';

/** Types worth compressing; event streams are not among them, they must arrive as they are sent. */
const TEXT_TYPES = [
  'text/html',
  'text/plain',
  'text/css',
  'text/javascript',
  'text/xml',
  'application/javascript',
  'application/json',
  'application/problem+json',
  'application/xml',
  'application/wasm',
  'image/svg+xml',
];

const MISSED = '{ var(txn.route) -m int 0 }';

/** The one frontend. The order of its rules is the order of docs/gateway.md. */
export function frontendLines(
  state: GatewayState,
  paths: GatewayPaths,
  machine: GatewayMachine,
): readonly string[] {
  const { gateway } = state;
  const { routes, accessLog } = gateway;
  return [
    `bind ${bindAddress(gateway.host, gateway.port)}`,
    ...tlsBindLines(state, paths),
    ...handoverBindLines(state, paths, machine),
    ...partsBindLines(gateway, paths),
    ...logLines(paths, accessLog, anyCached(state)),
    ...cacheFilterLines(state),
    ...(gateway.compression
      ? ['compression algo gzip', `compression type ${TEXT_TYPES.join(' ')}`]
      : []),
    `monitor-uri ${HEALTH_PATH}`,
    `http-error status 200 content-type application/json string '{"status":"ok"}' hdr Cache-Control no-store`,
    ...clientAddressLines(gateway),
    ...handoverClientLines(state),
    ...requestIdLines(),
    ...captureLines(accessLog),
    ...wellFormedLines(gateway, machine),
    ...preflightLines(routes),
    ...routeLines(routes),
    ...(mayMiss(routes) ? missLines(paths, accessLog) : []),
    ...redirectLines(gateway, paths),
    ...corsRequestLines(gateway, paths),
    ...loopbackLines(state, paths),
    ...requestHeaderLines(state),
    ...forwardedLines(gateway),
    ...identityLines(state, paths),
    ...rateLimitLines(state, paths),
    ...takingLines(gateway),
    ...cacheLookupLines(state, paths),
    ...denialEndLines(state, paths),
    ...identityBackendLines(state),
    ...takingBackendLines(gateway),
    ...backendLines(state),
    ...cacheStoreLines(state),
    ...(accessLog ? [] : samplingLines(paths)),
    ...responseHeaderLines(),
    ...corsResponseLines(gateway),
    ...securityHeaderLines(gateway),
    ...hstsLines(gateway),
  ];
}

// Private

/** Behind all that may mark a request; a hit of a cache has been answered by then. */
function denialEndLines(state: GatewayState, paths: GatewayPaths): readonly string[] {
  const pages = [...rateLimitPages(state, paths), ...identityPages(state)];
  if (pages.length === 0) return [];
  return [...letByLines(state), ...denialLines(pages, paths, state.gateway.accessLog)];
}

function missLines(paths: GatewayPaths, accessLog: boolean): readonly string[] {
  return [
    'http-request set-var(txn.route) int(0) unless { var(txn.route) -m found }',
    ...(accessLog ? [] : unservedSamplingLines(paths, MISSED)),
    `http-request deny deny_status 404 if ${MISSED}`,
  ];
}
