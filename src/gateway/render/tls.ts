import type { GatewaySpec } from '../../spec/spec.ts';
import type { GatewayState } from '../gateway.ts';
import type { GatewayPaths, Rendered } from '../plan.ts';
import { unservedSamplingLines } from './log.ts';
import { CERTIFICATE_FILE } from './names.ts';
import { commandWord, word } from './quote.ts';

/** For TLS 1.2, what is not broken and keeps past traffic secret; all of TLS 1.3's are. */
const CIPHERS = [
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
].join(':');

/** The listener for HTTPS and HTTP/2. */
export function tlsBindLines(
  { gateway: { host, tls } }: GatewayState,
  paths: GatewayPaths,
): readonly string[] {
  if (!tls) return [];
  return [
    `bind ${bindAddress(host, tls.port)} ssl crt ${word(certificatePath(paths))} alpn h2,http/1.1 ssl-min-ver TLSv1.2 ciphers ${CIPHERS}`,
  ];
}

/** `host:port` as HAProxy reads it. */
export function bindAddress(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/**
 * Sends who came without TLS, to us and to every proxy that is trusted, to the same address with it. A request without a
 * host, or with something else in its place, was refused before: `well-formed.ts`.
 */
export function redirectLines(
  { tls, accessLog }: Pick<GatewaySpec, 'tls' | 'accessLog'>,
  paths: GatewayPaths,
): readonly string[] {
  if (!tls?.redirect) return [];
  const when = '!{ var(txn.scheme) -m str https }';
  const port = tls.port === 443 ? '' : `:${tls.port}`;
  const host = '%[req.fhdr(host),regsub(:[0-9]*$,)]';
  return [
    ...(accessLog ? [] : unservedSamplingLines(paths, when)),
    `http-request redirect prefix https://${host}${port} code 308 if ${when}`,
  ];
}

/** Browsers come with TLS from now on (RFC 6797): said on answers over TLS only, the gateway's own included. */
export function hstsLines({ tls }: Pick<GatewaySpec, 'tls'>): readonly string[] {
  if (!tls || tls.hstsMs === null) return [];
  const seconds = Math.floor(tls.hstsMs / 1000);
  return [
    `http-after-response set-header strict-transport-security max-age=${seconds} if { var(txn.scheme) -m str https }`,
  ];
}

/** The certificate with its key, in the file the listener names. */
export function certificateFiles({ certificate, gateway }: GatewayState): Rendered['maps'] {
  return gateway.tls && certificate !== null ? { [CERTIFICATE_FILE]: certificate } : {};
}

/** The files with the certificate left out, as far as it can be replaced at runtime. */
export function withoutCertificate(maps: Rendered['maps']): Rendered['maps'] {
  const { length } = maps[CERTIFICATE_FILE] ?? '';
  return length > 0 && length <= LONGEST_PAYLOAD ? { ...maps, [CERTIFICATE_FILE]: '' } : maps;
}

/** The commands that replace the certificate; what goes with the first stands in `certificatePayloads`. */
export function certificateCommands(
  before: Rendered,
  after: Rendered,
  paths: GatewayPaths,
): readonly string[] {
  if (before.maps[CERTIFICATE_FILE] === after.maps[CERTIFICATE_FILE]) return [];
  return [setCommand(paths), `commit ssl cert ${commandWord(certificatePath(paths))}`];
}

/** Command → the text that HAProxy reads after it. Apart, since commands are shown and a private key is not. */
export function certificatePayloads(
  { maps }: Rendered,
  paths: GatewayPaths,
): ReadonlyMap<string, string> {
  const text = maps[CERTIFICATE_FILE];
  return new Map(text === undefined ? [] : [[setCommand(paths), text]]);
}

export function certificatePath({ folder }: GatewayPaths): string {
  return `${folder}/${CERTIFICATE_FILE}`;
}

/** What keeps TLS from being rendered; whoever reads the certificate has checked it against its key. */
export function tlsRefusals({ gateway, certificate }: GatewayState): readonly string[] {
  const { tls, port } = gateway;
  if (!tls) return [];
  const { hstsMs } = tls;
  return [
    ...(isWhole(tls.port, 1, 65_535) ? [] : [`gateway.tls.port: ${tls.port} is no port`]),
    ...(tls.port === port ? [`gateway.tls.port: ${port} is gateway.port, too`] : []),
    ...(hstsMs === null || isWhole(hstsMs, 0, Number.MAX_SAFE_INTEGER)
      ? []
      : [`gateway.tls.hsts: ${hstsMs} is no time`]),
    ...(certificate !== null && BUNDLE.test(certificate)
      ? []
      : ['gateway.tls: there is no certificate with its key']),
  ];
}

// Private

/** HAProxy reads a command into one of its buffers, 16 kB, and hangs up on what is longer. */
const LONGEST_PAYLOAD = 14_000;

/** PEM blocks without an empty line, which would end what HAProxy reads. */
const BUNDLE =
  /^(?:-----BEGIN CERTIFICATE-----\n(?:[A-Za-z0-9+/=]+\n)+-----END CERTIFICATE-----\n)+-----BEGIN PRIVATE KEY-----\n(?:[A-Za-z0-9+/=]+\n)+-----END PRIVATE KEY-----\n$/;

function setCommand(paths: GatewayPaths): string {
  return `set ssl cert ${commandWord(certificatePath(paths))} <<`;
}

function isWhole(value: number, least: number, most: number): boolean {
  return Number.isSafeInteger(value) && value >= least && value <= most;
}
