import type { GatewaySpec } from '../../spec/spec.ts';
import type { GatewayMachine, GatewayPaths } from '../plan.ts';
import { errorBody } from './error-pages.ts';
import { unservedSamplingLines } from './log.ts';
import { word } from './quote.ts';
import { MISREAD, spellingLines } from './spelling.ts';

export const UNWANTED_METHODS: readonly string[] = ['CONNECT', 'TRACE'];

/**
 * What HAProxy takes for a request and services may read in several ways goes no further, whatever the route: 400, and
 * 405 for methods that open a tunnel or show a client the headers that services get.
 */
export function wellFormedLines(
  gateway: Pick<GatewaySpec, 'accessLog' | 'paths' | 'routes'>,
  paths: GatewayPaths,
  machine: GatewayMachine,
): readonly string[] {
  const spelling = spellingLines(gateway, machine);
  const malformed = 'http-request set-var(txn.route) int(0)';
  return [
    `${malformed} if ${UNWANTED}`,
    // `HTTP/0.1` would be passed on; chunks are not part of 1.0 (RFC 9112, 6.1).
    `${malformed} unless { req.ver 1.1 1.0 2.0 }`,
    `${malformed} if { req.ver 1.0 } { req.fhdr(transfer-encoding) -m found }`,
    `${malformed} unless { req.fhdr(host) -m reg -i -- ${word(HOST)} }`,
    `${malformed} unless { pathq -m reg -- ${word(TARGET)} }`,
    `${malformed} if { req.hdrs -m reg -- ${word(CONTROL)} }`,
    // What was sent as to a proxy, `GET http://a/b`, is told to the service as to a server.
    'http-request set-uri %[pathq] unless { url -m beg / }',
    ...spelling,
    ...(gateway.accessLog ? [] : unservedSamplingLines(paths, MALFORMED)),
    `http-request deny deny_status 405 if ${MALFORMED} ${UNWANTED}`,
    ...(spelling.length === 0
      ? []
      : [
          `http-request return status 400 content-type application/problem+json string '${AMBIGUOUS}' hdr Cache-Control no-store if ${MALFORMED} ${MISREAD}`,
        ]),
    `http-request deny deny_status 400 if ${MALFORMED}`,
    // `Chunked` and `chunked,` are read in one way by some and in another by others.
    'http-request set-header transfer-encoding chunked if { req.fhdr(transfer-encoding) -m found }',
  ];
}

export function isHost(text: string): boolean {
  return new RegExp(HOST, 'i').test(text);
}

/** A path, with its query or without. */
export function isTarget(text: string): boolean {
  return new RegExp(TARGET).test(text);
}

// Private

/** Of a header's value nothing but text and tabs may be there; HAProxy's own parser lets NUL and its like through. */
const CONTROL = String.raw`[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]`;

/** One host or address and a port, in no other spelling: services read anything else each in its own way. */
const HOST = String.raw`^([a-z0-9_-]+(\.[a-z0-9_-]+)*|\[[0-9a-f:.]+\])(:[0-9]{1,5})?$`;

/** A path and its query, nothing but ASCII, no fragment: not `*`, and no address without a path. */
const TARGET = '^/[!"$-~]*$';

/** Marked as what no route takes: the log asks for the route's number. */
const MALFORMED = '{ var(txn.route) -m found }';

const UNWANTED = `{ method ${UNWANTED_METHODS.join(' ')} }`;

const AMBIGUOUS = errorBody(400, 'The path could be read as another one.');
