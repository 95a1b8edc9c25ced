import type { GatewaySpec } from '../../spec/spec.ts';
import type { GatewayMachine } from '../plan.ts';
import { word } from './quote.ts';
import { spellingLines } from './spelling.ts';

export const UNWANTED_METHODS: readonly string[] = ['CONNECT', 'TRACE'];

/**
 * What HAProxy takes for a request and services may read in several ways goes no further, whatever the route: 400, and
 * 405 for methods that open a tunnel or show a client the headers that services get. Every request is asked all of this,
 * so it is asked in few words; what is refused is not sampled, as nothing is that HAProxy's parser refuses.
 */
export function wellFormedLines(
  gateway: Pick<GatewaySpec, 'paths' | 'routes'>,
  machine: GatewayMachine,
): readonly string[] {
  const refuse = 'http-request deny deny_status 400';
  return [
    `http-request deny deny_status 405 if { method ${UNWANTED_METHODS.join(' ')} }`,
    // `HTTP/0.1` would be passed on; chunks are not part of 1.0 (RFC 9112, 6.1).
    `${refuse} unless { req.ver 1.1 2.0 } or { req.ver 1.0 } !{ req.fhdr(transfer-encoding) -m found }`,
    `${refuse} unless { req.hdrs -m reg -- ${word(HEADERS)} }`,
    `${refuse} unless { pathq -m reg -- ${word(TARGET)} }`,
    // What was sent as to a proxy, `GET http://a/b`, is told to the service as to a server.
    'http-request set-uri %[pathq] unless { url -m beg / }',
    ...spellingLines(gateway, machine),
    // `Chunked` and `chunked,` are read in one way by some and in another by others.
    'http-request set-header transfer-encoding chunked if { req.fhdr(transfer-encoding) -m found }',
  ];
}

export function isHost(text: string): boolean {
  return new RegExp(`^${HOST}$`).test(text);
}

/** A path, with its query or without. */
export function isTarget(text: string): boolean {
  return new RegExp(TARGET).test(text);
}

// Private

/** One host or address and a port, in no other spelling: services read anything else each in its own way. */
const HOST = String.raw`(?:[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?`;

/** All lines at once: a host, and no control characters, of which HAProxy's own parser lets NUL and its like through. */
const HEADERS = String.raw`^(?=(?:[^\n]*\n)*?host: ${HOST}\r\n)[\t\r\n -~\x80-\xff]*+\z`;

/** A path and its query, nothing but ASCII, no fragment: not `*`, and no address without a path. */
const TARGET = '^/[!"$-~]*$';
