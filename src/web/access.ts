import type { FastifyReply, FastifyRequest } from 'fastify';
import { hostRefused, keyRefused, notSignedIn, originRefused, readsOnly } from './errors.ts';
import { hostAllowed, isLoopback, originAllowed } from './hosts.ts';
import type { Sessions } from './sessions.ts';

/**
 * What a route asks of its caller. `open`: nothing; `local`: nothing on loopback, else the token; `read`: the token or a
 * session's cookie; `act`: the token, or the cookie together with the key of that session, which no browser sends by
 * itself; `write`: the token. A route that says nothing is `write`.
 */
export type Access = 'open' | 'local' | 'read' | 'act' | 'write';

/** Carries the key of a session beside its cookie. */
const KEY_HEADER = 'x-tidegate-key';

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: Access;
  }
  interface FastifyRequest {
    /** When the session this was allowed by ends, ms since the epoch; Infinity with the token. */
    allowedUntil: number;
  }
}

/** Lets a request pass or throws. @throws TidegateError HOST_REFUSED, ORIGIN_REFUSED, UNAUTHORIZED, KEY_REFUSED, READS_ONLY */
export function checkAccess(request: FastifyRequest, sessions: Sessions, host: string): void {
  if (!hostAllowed(request.headers.host, host)) throw hostRefused();
  const { origin } = request.headers;
  if (origin !== undefined && !originAllowed(origin, request.headers.host ?? ''))
    throw originRefused();

  const access = request.is404 ? 'open' : (request.routeOptions.config.access ?? 'write');
  request.allowedUntil = Infinity;
  if (access === 'open') return;
  if (access === 'local' && isLoopback(request.ip)) return;

  const { authorization } = request.headers;
  if (authorization !== undefined) {
    // A token that is presented is judged, whatever cookie comes with it.
    const token = /^Bearer +(\S+)$/i.exec(authorization)?.[1];
    if (token === undefined || !sessions.isToken(token)) throw notSignedIn();
    return;
  }
  const session = cookie(request.headers.cookie, sessions.cookieName);
  const end = session === undefined ? null : sessions.sessionEnd(session);
  if (session === undefined || end === null) throw notSignedIn();
  if (access === 'act') {
    const key = request.headers[KEY_HEADER];
    if (typeof key !== 'string' || !sessions.isKey(session, key)) throw keyRefused();
  } else if (access !== 'read') throw readsOnly();
  request.allowedUntil = end;
}

/** Headers of every answer: nothing is framed, sniffed, embedded elsewhere or kept. */
export function protect(reply: FastifyReply): void {
  reply.headers(PROTECTION);
}

export const PROTECTION: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cache-control': 'no-store',
};

// Private

function cookie(header: string | undefined, name: string): string | undefined {
  for (const part of header?.split(';') ?? []) {
    const [key, value] = part.trim().split('=', 2);
    if (key === name && value) return value;
  }
  return undefined;
}
