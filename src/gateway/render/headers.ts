import type { GatewayState } from '../gateway.ts';
import { clientAddress, clientScheme } from './client-address.ts';
import { claimHeaderPattern } from './identity-claims.ts';
import { word } from './quote.ts';
import { WORKERS_HEADERS, hasTasks } from './taking.ts';

/** Names the gateway alone may set, as prefixes; some servers take `_` for `-`, so both spellings go. */
const FORGED = 'x[-_](forwarded|tidegate|real)';

/** Headers that concern one connection only, and two that servers are fooled with. */
const HOP_BY_HOP = 'keep-alive|proxy-connection|proxy-authorization|proxy|te|forwarded';

/**
 * What is done to the headers of every request that has a route. Most requests carry nothing to remove: one look at all
 * names says so. `add-header` where the name is known to be gone: it does not search for it again.
 */
export function requestHeaderLines(state: GatewayState): readonly string[] {
  const { gateway } = state;
  const claims = claimHeaderPattern(gateway);
  const alone = [
    HOP_BY_HOP,
    ...(claims === null ? [] : [claims]),
    ...(hasTasks(state) ? [WORKERS_HEADERS] : []),
  ].join('|');
  return [
    `http-request del-header ${word(`^(${FORGED}|(${alone})$)`)} -m reg if { req.hdr_names -m reg -- ${word(`(^|,)(${FORGED}|(${alone})(,|$))`)} }`,
    // Of the upgrades only WebSocket passes: `Upgrade: h2c` would open a tunnel past every rule here.
    'http-request set-var(txn.websocket) bool(1) if { req.hdr(upgrade) -m str -i websocket }',
    'http-request del-header upgrade',
    'http-request del-header connection',
    'http-request add-header connection upgrade if { var(txn.websocket) -m found }',
    'http-request add-header upgrade websocket if { var(txn.websocket) -m found }',
    `http-request add-header x-forwarded-for ${clientAddress(gateway)}`,
    `http-request add-header x-forwarded-proto ${clientScheme(gateway)}`,
    'http-request add-header x-forwarded-host %[req.fhdr(host)] if { req.fhdr(host) -m found }',
    'http-request set-header x-request-id %[var(txn.id)]',
  ];
}

/**
 * Chooses the request's id: the client's if there is one and it is well-formed, else a new one. A new trace is made of the
 * new id while nothing of the client's has taken its place: who repeats an id must not end up in one trace.
 */
export function requestIdLines(): readonly string[] {
  return [
    'http-request set-var(txn.id) uuid()',
    'acl traced req.fhdr(traceparent) -m found',
    `http-request del-header traceparent if traced !{ req.fhdr(traceparent) -m reg -- ${word(WELL_FORMED)} } || traced { req.fhdr_cnt(traceparent) gt 1 }`,
    'http-request del-header tracestate unless traced',
    `http-request add-header traceparent ${TRACEPARENT} unless traced`,
    'acl own-id req.fhdr_cnt(x-request-id) eq 1',
    "acl fair-id req.fhdr(x-request-id) -m reg -- '^[A-Za-z0-9._-]{8,128}$'",
    'http-request set-var(txn.id) req.fhdr(x-request-id) if fair-id own-id',
  ];
}

/** What is done to the headers of every response, the gateway's own included. */
export function responseHeaderLines(): readonly string[] {
  return [
    'http-response del-header keep-alive',
    'http-response del-header proxy-connection',
    'http-after-response set-header x-request-id %[var(txn.id)] if { var(txn.id) -m found }',
  ];
}

// Private

/** W3C trace context: of version 00 exactly this, of a later one this and perhaps more; all zeros name nothing. */
const WELL_FORMED =
  '^(?!ff|00.{54})[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(?:-|$)';

/** W3C trace context: version, 16 bytes (two hashes of the UUID), 8 bytes (the last 6 of the UUID), sampled. */
const TRACEPARENT =
  '00-%[var(txn.id),xxh64(1),hex,lower]%[var(txn.id),xxh64(2),hex,lower]-0000%[var(txn.id),bytes(24,12)]-01';
