import type { GatewaySpec } from '../../spec/spec.ts';
import { clientAddress, clientScheme } from './client-address.ts';
import { word } from './quote.ts';

/** What may stand between the quotes without an escape; a host is nothing else. */
const PLAIN_HOST = `{ req.fhdr(host) -m reg -- ${word('^[][A-Za-z0-9._:-]+$')} }`;

/** The standard header (RFC 7239) that says what `X-Forwarded-*` say; the client's own has been removed. */
export function forwardedLines(gateway: GatewaySpec): readonly string[] {
  if (!gateway.forwarded) return [];
  const proto = `proto=${clientScheme(gateway)}`;
  return [
    `http-request set-var-fmt(txn.node) ${clientAddress(gateway)}`,
    `http-request set-var-fmt(txn.node) ${word(`"[${clientAddress(gateway)}]"`)} if { var(txn.node) -m sub : }`,
    `http-request add-header forwarded for=%[var(txn.node)];${proto} unless ${PLAIN_HOST}`,
    `http-request add-header forwarded ${word(`for=%[var(txn.node)];host="%[req.fhdr(host)]";${proto}`)} if ${PLAIN_HOST}`,
  ];
}
