import { humanBytes } from '../../kit/bytes.ts';
import { humanDuration } from '../../kit/duration.ts';
import type { Path } from '../../spec/problem.ts';
import type { GatewaySpec, RouteSpec } from '../../spec/spec.ts';
import { placeOf } from './rule-places.ts';
import { noGateway, noRoute, type Source } from './rule-source.ts';
import { headersText, limitText, servicesText, tokenText } from './rule-texts.ts';

/** What comes before a route is chosen. */
export function edgeSources({ trustedProxies, paths }: GatewaySpec): readonly Source[] {
  const sources: Source[] = [];
  if (trustedProxies.length > 0) {
    sources.push({
      text: 'behind a trusted proxy the client is the last of X-Forwarded-For that is none',
      path: ['gateway', 'trustedProxies'],
      without: noGateway({ trustedProxies: [] }),
    });
  }
  if (paths === 'strict') {
    sources.push({
      text: 'a path that services may read as one of other routes is refused with 400',
      path: ['gateway', 'paths'],
      without: noGateway({ paths: 'as-sent' }),
    });
  }
  return sources;
}

/** What the route asks for. */
export function choice(gateway: GatewaySpec, index: number): Source {
  const route = gateway.routes[index] as RouteSpec;
  const asked = [
    ...(route.methods.length > 0 ? [route.methods.join(' or ')] : []),
    route.path,
    ...(route.hosts.length > 0 ? [`for ${route.hosts.join(' or ')}`] : []),
    ...Object.entries(route.headers).map(([name, value]) =>
      value === '*' ? `with ${name}` : `with ${name}: ${value}`,
    ),
  ];
  return {
    text: `the route takes ${asked.join(' ')}`,
    path: placeOf(gateway, index),
    // Nothing else is told apart by a path that nobody asks for.
    without: noRoute(index, NOWHERE),
    keep: new RegExp(`^acl route${index + 1}-|int\\(${index + 1}\\)`),
    always: true,
  };
}

/** What sends a client on to HTTPS. */
export function redirection({ tls }: GatewaySpec): readonly Source[] {
  if (!tls?.redirect) return [];
  return [
    {
      text: `over plain HTTP the answer is a redirect to HTTPS, port ${tls.port}`,
      path: ['gateway', 'tls', 'redirect'],
      without: noGateway({ tls: { ...tls, redirect: false } }),
    },
  ];
}

/** All that becomes of a preflight. */
export function preflight(gateway: GatewaySpec, index: number): readonly Source[] {
  return [
    {
      text: 'the gateway answers this preflight itself, with 204',
      path: placeOf(gateway, index, 'cors'),
      without: noRoute(index, { cors: null }),
    },
  ];
}

/** What decides whether the request reaches a service, and how it looks there. */
export function routeSources(
  gateway: GatewaySpec,
  route: RouteSpec,
  index: number,
): readonly Source[] {
  const own = (key: string): Path => placeOf(gateway, index, key);
  const off = (key: string, changed: Partial<RouteSpec>, text: string): Source => ({
    text,
    path: own(key),
    without: noRoute(index, changed),
    always: true,
  });
  const jwt = route.auth === null ? undefined : gateway.jwt[route.auth];
  const sources: (Source | false)[] = [
    route.from === 'loopback' &&
      off(
        'from',
        { from: 'anywhere' },
        'only programs on this machine may use it, without a proxy between, else 403',
      ),
    route.cors !== null &&
      off(
        'cors',
        { cors: null },
        `pages of ${route.cors.origins.join(', ')} may call; preflights are answered`,
      ),
    jwt !== undefined &&
      off(
        'auth',
        { auth: null, scopes: [], claims: {} },
        `a caller needs a token of ${jwt.name}: ${tokenText(jwt)}; else 401`,
      ),
    route.scopes.length > 0 &&
      off('scopes', { scopes: [] }, `its scope must hold ${route.scopes.join(' and ')}, else 403`),
    ...Object.entries(route.claims).map(
      ([claim, values]): Source => ({
        ...off(
          'claims',
          { claims: {} },
          `its claim ${claim} must be ${values.join(' or ')}, else 403`,
        ),
        path: [...own('claims'), claim],
      }),
    ),
    gateway.rateLimit !== null && {
      text: `of all routes together ${limitText(gateway.rateLimit)}`,
      path: ['gateway', 'rateLimit'],
      without: noGateway({ rateLimit: null }),
    },
    route.rateLimit !== null && off('rateLimit', { rateLimit: null }, limitText(route.rateLimit)),
    route.async !== null &&
      off(
        'async',
        { async: null },
        `with Prefer: respond-async it becomes a task of the queue ${route.async}, and the answer is 202`,
      ),
    route.cache !== null &&
      off(
        'cache',
        { cache: null },
        `answers are kept for ${humanDuration(route.cache.ttlMs)}, up to ${humanBytes(route.cache.maxObjectBytes)} each and ${humanBytes(route.cache.sizeBytes)} together`,
      ),
    {
      text: servicesText(route),
      path: own(route.aggregate === null ? 'service' : 'aggregate'),
      without: noRoute(index, { services: [], aggregate: null }),
      keep: /_backend /,
      always: true,
    },
    {
      ...off(
        'timeout',
        { timeoutMs: route.timeoutMs + 1 },
        `it has ${humanDuration(route.timeoutMs)} to answer and between two pieces of its answer, else 504`,
      ),
      // What is held for a service that sleeps may be served as long as the longest of all.
      keep: /^timeout |txn\.route/,
    },
    off(
      'bodyLimit',
      { bodyLimitBytes: route.bodyLimitBytes + 1 },
      `a body above ${humanBytes(route.bodyLimitBytes)} is refused with 413`,
    ),
    route.lengthRequired &&
      off(
        'lengthRequired',
        { lengthRequired: false },
        'a body without Content-Length is refused with 411',
      ),
    route.rewrite !== null &&
      off('rewrite', { rewrite: null }, `the service sees the path as ${route.rewrite}`),
    Object.keys(route.requestHeaders).length > 0 &&
      off(
        'requestHeaders',
        { requestHeaders: {} },
        `for the service ${headersText(route.requestHeaders)}`,
      ),
    gateway.forwarded && {
      text: 'the service is told of the client in Forwarded, too',
      path: ['gateway', 'forwarded'],
      without: noGateway({ forwarded: false }),
    },
  ];
  return sources.filter((source) => source !== false);
}

/** What is done to the answer. */
export function answerSources(
  gateway: GatewaySpec,
  route: RouteSpec,
  index: number,
): readonly Source[] {
  const { tls } = gateway;
  const sources: (Source | false)[] = [
    Object.keys(route.responseHeaders).length > 0 && {
      text: `for the client ${headersText(route.responseHeaders)}`,
      path: placeOf(gateway, index, 'responseHeaders'),
      phase: 'answer',
      without: noRoute(index, { responseHeaders: {} }),
    },
    gateway.securityHeaders && {
      text: 'security headers are added to an answer that lacks them',
      path: ['gateway', 'securityHeaders'],
      phase: 'answer',
      without: noGateway({ securityHeaders: false }),
    },
    tls?.hstsMs != null && {
      text: `browsers are told to use HTTPS only, for ${humanDuration(tls.hstsMs)}`,
      path: ['gateway', 'tls', 'hsts'],
      phase: 'answer',
      without: noGateway({ tls: { ...tls, hstsMs: null } }),
    },
    gateway.compression && {
      text: 'text is compressed for a client that takes it',
      path: ['gateway', 'compression'],
      phase: 'answer',
      without: noGateway({ compression: false }),
    },
  ];
  return sources.filter((source) => source !== false);
}

// Private

/** A choice that nothing else makes. */
const NOWHERE = { path: '/:nowhere/:at/:all', methods: ['NONE'], hosts: [], headers: {} };
