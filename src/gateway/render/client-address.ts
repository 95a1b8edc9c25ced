import type { GatewaySpec } from '../../spec/spec.ts';
import { chunks } from './chunks.ts';
import { anyAggregate, partsClientLines } from './parts.ts';

/** How many proxies in a row are believed; HAProxy counts ten values from the end of a header at most. */
const MOST_PROXIES = 8;

const FROM = 'x-forwarded-for';

/**
 * Makes `src` the client's address: from a trusted proxy, the last of `X-Forwarded-For` that is no trusted proxy. It holds
 * for this request alone, and for all that asks later: balance, limits, logs. Without trusted proxies it is the peer's,
 * and what every request of a connection shares is made once, when it is opened.
 */
export function clientAddressLines(gateway: GatewaySpec): readonly string[] {
  const { trustedProxies, tls } = gateway;
  // Not told by the port: that is another one where a packet filter has sent the client here.
  const encrypted = tls ? ['http-request set-var(txn.scheme) str(https) if { ssl_fc }'] : [];
  if (!ofRequest(gateway)) {
    return ['tcp-request session set-var-fmt(sess.client) %[src]', ...encrypted];
  }
  if (trustedProxies.length === 0) return [...encrypted, ...partsClientLines(gateway)];
  return [
    ...encrypted,
    ...chunks(trustedProxies).map((some) => `acl trusted-proxy src ${some.join(' ')}`),
    // Some write the port behind an IPv6 address, which HAProxy does not read; behind an IPv4 address it does.
    String.raw`http-request replace-value ${FROM} '^\[([0-9A-Fa-f:.]+)\](:[0-9]+)?$' '\1' if trusted-proxy { req.fhdr(${FROM}) -m sub [ }`,
    'http-request set-var(txn.hop) int(0) if trusted-proxy',
    'http-request set-var(txn.scheme) req.fhdr(x-forwarded-proto),lower if { var(txn.hop) -m found } { req.fhdr_cnt(x-forwarded-proto) eq 1 } { req.fhdr(x-forwarded-proto) -m str -i http https }',
    ...Array.from({ length: MOST_PROXIES }, (_, hop) => hopLines(hop)).flat(),
    ...partsClientLines(gateway),
  ];
}

/** The client's address as text, a format. */
export function clientAddress(gateway: Pick<GatewaySpec, 'trustedProxies' | 'routes'>): string {
  return ofRequest(gateway) ? '%[src]' : '%[var(sess.client)]';
}

/** `http` or `https`: how the client came, to the first proxy that is trusted; a format. */
export function clientScheme({
  trustedProxies,
  tls,
}: Pick<GatewaySpec, 'trustedProxies' | 'tls'>): string {
  return tls || trustedProxies.length > 0 ? '%[var(txn.scheme,http)]' : 'http';
}

// Private

/** Whether the client may be another with each request of a connection. */
function ofRequest(gateway: Pick<GatewaySpec, 'trustedProxies' | 'routes'>): boolean {
  return gateway.trustedProxies.length > 0 || anyAggregate(gateway);
}

/** `txn.hop` is how many entries were trusted proxies; the first that is none, or is no address, ends the walk. */
function hopLines(hop: number): readonly string[] {
  const entry = `req.hdr_ip(${FROM},-${hop + 1})`;
  const here = `{ var(txn.hop) -m int ${hop} }`;
  return [
    `http-request set-src ${entry} if ${here}`,
    `http-request set-var(txn.hop) int(${hop + 1}) if ${here} trusted-proxy { ${entry} -m found }`,
  ];
}
