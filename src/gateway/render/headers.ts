/** Names the gateway alone may set, as prefixes; some servers take `_` for `-`, so both spellings go. */
const FORGED = ['x-forwarded', 'x_forwarded', 'x-tidegate', 'x_tidegate', 'x-real', 'x_real'];

/** Headers that concern one connection only, and two that servers are fooled with. */
const HOP_BY_HOP = [
  'keep-alive',
  'proxy-connection',
  'proxy-authorization',
  'proxy',
  'te',
  'forwarded',
];

/** What is done to the headers of every request that has a route. */
export function requestHeaderLines(): readonly string[] {
  return [
    ...FORGED.map((prefix) => `http-request del-header ${prefix} -m beg`),
    ...HOP_BY_HOP.map((name) => `http-request del-header ${name}`),
    // Of the upgrades only WebSocket passes: `Upgrade: h2c` would open a tunnel past every rule here.
    'acl websocket req.hdr(upgrade) -m str -i websocket',
    'http-request del-header upgrade unless websocket',
    'http-request del-header connection unless websocket',
    'http-request set-header connection upgrade if websocket',
    'http-request set-header upgrade websocket if websocket',
    'http-request set-header x-forwarded-for %[src]',
    'http-request set-header x-forwarded-proto http',
    'http-request set-header x-forwarded-host %[req.hdr(host)] if { req.hdr(host) -m found }',
    'http-request set-header x-request-id %[var(txn.id)]',
    `http-request set-header traceparent ${TRACEPARENT} unless { req.fhdr_cnt(traceparent) gt 0 }`,
  ];
}

/** Chooses the request's id: the client's if there is one and it is well-formed, else a new one. */
export function requestIdLines(): readonly string[] {
  return [
    'acl own-id req.fhdr_cnt(x-request-id) eq 1',
    "acl fair-id req.fhdr(x-request-id) -m reg -- '^[A-Za-z0-9._-]{8,128}$'",
    'http-request set-var(txn.id) req.fhdr(x-request-id) if own-id fair-id',
    'http-request set-var(txn.id) unique-id unless { var(txn.id) -m found }',
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

/** W3C trace context: version, 16 random bytes, 8 random bytes, sampled; hashes of the UUID in `unique-id`. */
const TRACEPARENT =
  '00-%[unique-id,xxh64(1),hex,lower]%[unique-id,xxh64(2),hex,lower]-%[unique-id,xxh64(3),hex,lower]-01';
