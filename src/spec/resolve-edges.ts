import { DEFAULTS } from './defaults.ts';
import { isFixedHeader } from './fixed-headers.ts';
import type { Path } from './problem.ts';
import type { Report } from './report.ts';
import { rewriteProblem } from './rewrite-path.ts';
import type { Config } from './schema/config.ts';
import type { CorsSpec, RouteSpec } from './spec.ts';

type GivenRoute = NonNullable<NonNullable<Config['gateway']>['routes']>[number];

/** What a route changes of requests and answers on their way. */
export function edgesOf(
  route: Partial<GivenRoute>,
): Pick<RouteSpec, 'cors' | 'rewrite' | 'requestHeaders' | 'responseHeaders'> {
  return {
    cors: route.cors ? corsOf(route.cors) : null,
    rewrite: route.rewrite ?? null,
    requestHeaders: lowerCase(route.requestHeaders),
    responseHeaders: lowerCase(route.responseHeaders),
  };
}

/** The rules between keys of the gateway's edges. */
export function checkEdges(config: Config, report: Report): void {
  for (const [index, proxy] of (config.gateway?.trustedProxies ?? []).entries()) {
    if (/\/0+$/.test(proxy)) {
      report(
        ['gateway', 'trustedProxies', index],
        'must not be everybody: anyone could claim any address',
      );
    }
  }
  for (const [index, route] of (config.gateway?.routes ?? []).entries()) {
    const path = ['gateway', 'routes', index];
    checkSplit(path, route, config, report);
    checkRewrite(path, route, report);
    checkCors(path, route, report);
    checkHeaders(path, route, config, report);
  }
}

// Private

type GivenCors = NonNullable<GivenRoute['cors']>;

function corsOf({ origins, methods, headers, credentials, maxAge }: GivenCors): CorsSpec {
  return {
    origins: [...new Set(origins.map(asBrowsersWrite))],
    methods: [...new Set((methods ?? []).map((method) => method.toUpperCase()))],
    headers: [...new Set((headers ?? []).map((header) => header.toLowerCase()))],
    credentials: credentials ?? DEFAULTS.cors.credentials,
    maxAgeMs: maxAge ?? DEFAULTS.cors.maxAgeMs,
  };
}

/** Small letters, no default port. */
function asBrowsersWrite(origin: string): string {
  return URL.canParse(origin) ? new URL(origin).origin : origin;
}

function lowerCase(headers: RouteSpec['requestHeaders'] = {}): RouteSpec['requestHeaders'] {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
  );
}

/** A client stays where its cookie says; who has none is drawn anew, and would all end where cookies are given. */
function checkSplit(path: Path, { service }: GivenRoute, config: Config, report: Report): void {
  if (typeof service !== 'object') return;
  const names = Object.keys(service).filter((name) => Object.hasOwn(config.services, name));
  const sticky = names.filter((name) => config.services[name]?.sticky);
  if (sticky.length === 0 || sticky.length === names.length) return;
  report(
    [...path, 'service'],
    `must split between services that are all sticky, or none: ${sticky.join(', ')} keeps its clients and the rest does not`,
    {
      withoutValue: true,
      dependsOn: [[...path, 'service'], ...names.map((name) => ['services', name, 'sticky'])],
    },
  );
}

function checkRewrite(path: Path, route: GivenRoute, report: Report): void {
  if (route.rewrite === undefined) return;
  if (route.aggregate !== undefined) {
    report(
      [...path, 'rewrite'],
      'must not stand beside aggregate, whose parts have paths of their own',
      {
        dependsOn: [path],
      },
    );
    return;
  }
  const problem = rewriteProblem(route.path ?? DEFAULTS.route.path, route.rewrite);
  if (problem === null) return;
  report([...path, 'rewrite'], `must ${problem}`, {
    dependsOn: [
      [...path, 'rewrite'],
      [...path, 'path'],
    ],
  });
}

function checkCors(path: Path, { cors }: GivenRoute, report: Report): void {
  if (!cors?.origins.includes('*')) return;
  const at = [...path, 'cors'];
  if (cors.origins.length > 1) {
    report([...at, 'origins'], "must be '*' alone or a list without it");
  }
  if (cors.credentials) {
    report(
      [...at, 'credentials'],
      "must not be true where any origin may call: name the origins in place of '*'",
      {
        dependsOn: [
          [...at, 'origins'],
          [...at, 'credentials'],
        ],
      },
    );
  }
}

function checkHeaders(path: Path, route: GivenRoute, config: Config, report: Report): void {
  const given = { requestHeaders: route.requestHeaders, responseHeaders: route.responseHeaders };
  const claims = Object.values(
    config.gateway?.jwt?.[route.auth ?? '']?.forward ?? DEFAULTS.jwt.forward,
  );
  for (const [key, headers = {}] of Object.entries(given)) {
    const names = Object.keys(headers).map((name) => name.toLowerCase());
    for (const [index, [name, value]] of Object.entries(headers).entries()) {
      const plain = name.toLowerCase();
      const say = (rule: string): void =>
        report([...path, key, name], rule, { withoutValue: true });
      if (names.indexOf(plain) < index)
        say('must stand once: it differs from another in case only');
      if (isFixedHeader(key === 'requestHeaders' ? 'service' : 'client', name)) {
        say('must be another header: this one is for the connection or for the gateway to say');
      } else if (plain === 'host' && key === 'requestHeaders' && value === null) {
        say('must have a value: a request without Host is none');
      } else if (plain === 'set-cookie' && value !== null && key === 'responseHeaders') {
        say('must be null or absent: a value would take the place of every cookie of the service');
      } else if (key === 'responseHeaders' && route.cors && plain.startsWith('access-control-')) {
        say('must not stand beside cors, which says it');
      } else if (
        route.auth !== undefined &&
        key === 'requestHeaders' &&
        claims.some((claim) => hyphens(claim) === hyphens(plain))
      ) {
        say(`must not be set here: it carries a claim of ${route.auth}`);
      }
    }
  }
}

/** Many servers cannot tell `-` and `_` apart in a header's name. */
function hyphens(name: string): string {
  return name.toLowerCase().replaceAll('_', '-');
}
