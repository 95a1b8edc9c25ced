import type { GatewaySpec, RouteSpec } from '../../spec/spec.ts';
import { preflightMethod } from './cors.ts';
import { HEALTH_PATH } from './names.ts';
import { prefersAsync } from './prefer.ts';
import { matchesPath, pathPattern } from './route-pattern.ts';
import { isMisread } from './spelling.ts';
import { UNWANTED_METHODS, isHost, isTarget } from './well-formed.ts';
import { sharesOf } from './split.ts';

export interface AskedRequest {
  readonly method: string;
  /** `/path?query`, which comes over plain HTTP, or `https://host/path`; the path is compared as it stands here. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface Considered {
  readonly id: string;
  readonly matched: boolean;
  /** One sentence: what did not fit, or that everything did. */
  readonly because: string;
}

/**
 * `gateway`: it answers itself. `refused`: 400, or 405 for a method. `none`: 404. `considered` ends with the route that
 * matched.
 */
export type RouteExplanation =
  | {
      readonly kind: 'route';
      readonly route: string;
      readonly service: string;
      readonly considered: readonly Considered[];
      /** Which of `gateway.routes` it is, from 0; see `explainRules` for what holds there. */
      readonly index: number;
      /** The gateway answers it itself, with 308: it came over plain HTTP and has to come with TLS. */
      readonly isRedirect: boolean;
      /** The gateway answers it itself, with 204: what a browser asks before it asks. */
      readonly isPreflight: boolean;
      /** It becomes a task of this queue; null: it is answered like all others. */
      readonly queue: string | null;
    }
  | { readonly kind: 'gateway'; readonly because: string }
  | { readonly kind: 'refused'; readonly status: 400 | 405; readonly because: string }
  | { readonly kind: 'none'; readonly considered: readonly Considered[] };

/** Where a request would go: the same first match that HAProxy finds. */
export function explainRoute(gateway: GatewaySpec, request: AskedRequest): RouteExplanation {
  const asked = understood(request);
  if (asked.path === HEALTH_PATH && asked.query === '') {
    return { kind: 'gateway', because: `${HEALTH_PATH} is the gateway's own probe` };
  }
  const refusal = refusalOf(gateway, asked);
  if (refusal !== null) return refusal;
  const considered: Considered[] = [];
  for (const [index, route] of gateway.routes.entries()) {
    const miss = firstMiss(route, asked);
    considered.push({
      id: route.id,
      matched: miss === null,
      because: miss ?? 'everything it asks for is there',
    });
    if (miss !== null) continue;
    const isRedirect = gateway.tls?.redirect === true && !asked.encrypted;
    const isPreflight =
      !isRedirect && route.cors !== null && preflightMethod(asked.method, asked.headers) !== null;
    const isTask = !isRedirect && !isPreflight && prefersAsync(asked.headers.get('prefer') ?? '');
    return {
      kind: 'route',
      route: route.id,
      service: sharesOf(route),
      considered,
      index,
      isRedirect,
      isPreflight,
      queue: isTask ? route.async : null,
    };
  }
  return { kind: 'none', considered };
}

// Private

interface Understood {
  readonly method: string;
  readonly path: string;
  /** With its `?`; empty: there is none. */
  readonly query: string;
  readonly host: string;
  readonly encrypted: boolean;
  /** By name in small letters. */
  readonly headers: ReadonlyMap<string, string>;
}

function understood({ method, url, headers }: AskedRequest): Understood {
  const [, scheme = 'http', authority, path = '', query = ''] =
    /^(?:(https?):\/\/([^/?#]*))?([^?#]*)(\?[^#]*)?/i.exec(url) ?? [];
  const named = new Map(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value.trim()] as const),
  );
  const host = named.get('host') ?? authority ?? '';
  if (host !== '') named.set('host', host);
  return {
    method,
    path: path === '' ? '/' : path,
    query,
    host: host.toLowerCase().replace(/:\d*$/, ''),
    encrypted: scheme.toLowerCase() === 'https',
    headers: named,
  };
}

function refusalOf(
  gateway: Pick<GatewaySpec, 'paths' | 'routes'>,
  { method, path, query, headers }: Understood,
): Extract<RouteExplanation, { kind: 'refused' }> | null {
  const refused = (status: 400 | 405, because: string) =>
    ({ kind: 'refused', status, because }) as const;
  if (UNWANTED_METHODS.includes(method)) return refused(405, `nothing passes with ${method}`);
  // Without a host the question is about any.
  const host = headers.get('host');
  if (host !== undefined && !isHost(host)) return refused(400, `${host} is no host`);
  if (!isTarget(path + query)) return refused(400, `${path + query} is no path`);
  if (!isMisread(gateway, path)) return null;
  return refused(400, `some services read ${path} as another path (gateway.paths)`);
}

function firstMiss(route: RouteSpec, asked: Understood): string | null {
  if (!matchesPath(pathPattern(route.path), asked.path)) {
    return `the path ${asked.path} is not ${route.path}`;
  }
  if (route.methods.length > 0 && !methodsOf(route, asked).some((m) => route.methods.includes(m))) {
    return `the method ${asked.method} is not ${route.methods.join(' or ')}`;
  }
  if (route.hosts.length > 0 && !route.hosts.some((host) => matchesHost(host, asked.host))) {
    return `the host ${asked.host || '(none)'} is not ${route.hosts.join(' or ')}`;
  }
  for (const [name, value] of Object.entries(route.headers)) {
    const sent = asked.headers.get(name.toLowerCase());
    if (sent === undefined) return `the header ${name} is not there`;
    if (value !== '*' && sent !== value) return `the header ${name} is not '${value}'`;
  }
  return null;
}

/** With `cors` a route takes the preflights of its requests, too. */
function methodsOf({ cors }: RouteSpec, { method, headers }: Understood): readonly string[] {
  const about = cors ? preflightMethod(method, headers) : null;
  return about === null ? [method] : [method, about];
}

function matchesHost(pattern: string, host: string): boolean {
  return pattern.startsWith('*.') ? host.endsWith(pattern.slice(1)) : host === pattern;
}
