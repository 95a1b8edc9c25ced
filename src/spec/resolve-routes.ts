import { AGGREGATOR } from './aggregator.ts';
import { asyncQueue, asyncService } from './resolve-queues.ts';
import { DEFAULTS } from './defaults.ts';
import type { Path } from './problem.ts';
import { checkCache, resolveCache } from './resolve-cache.ts';
import { edgesOf } from './resolve-edges.ts';
import type { Report } from './report.ts';
import { resolveRateLimit } from './resolve-rate-limit.ts';
import {
  AGGREGATE_METHODS,
  checkAggregate,
  checkParts,
  resolveAggregate,
} from './resolve-aggregate.ts';
import type { Config } from './schema/config.ts';
import { shadows } from './shadow.ts';
import type { RouteMatch } from './shadow.ts';
import type { RouteSpec, WeightedService } from './spec.ts';

type GivenRoute = NonNullable<NonNullable<Config['gateway']>['routes']>[number];

/** The routes with their defaults, behind those of our own; one service without routes gets everything. */
export function resolveRoutes(
  config: Config,
  own: readonly RouteSpec[],
  report: Report,
): readonly RouteSpec[] {
  const given = config.gateway?.routes ?? [];
  const services = Object.keys(config.services);
  if (given.length === 0) {
    if (services.length > 1) {
      if (services.every((name) => worksOff(name, config))) return own;
      report(
        ['gateway', 'routes'],
        `must say which request goes to which service: there are several (${services.join(', ')})`,
      );
    }
    const all = services
      .slice(0, 1)
      .map((service) => withDefaults({}, [{ service, weight: 1 }], null, new Map()));
    return [...own, ...all];
  }
  checkTargets(given, report);
  checkOrder(given, report);
  checkOwn(own, given, report);
  const seen = new Map<string, number>();
  const resolved = given.flatMap((route, index) => {
    checkAggregate(route, at(index), report);
    checkCache(route, at(index), report);
    const answering = servicesOf(route);
    if (answering.length === 0) return [];
    const service = asyncService(route);
    const queue = service === null ? null : asyncQueue(service, config);
    return [{ index, route: withDefaults(route, answering, queue, seen) }];
  });
  const routes = [...own, ...resolved.map(({ route }) => route)];
  const pathOf = (position: number): Path => {
    const index = resolved[position - own.length]?.index;
    return index === undefined ? ['tasks', 'path'] : at(index);
  };
  checkParts(routes, pathOf, report);
  return routes;
}

// Private

const at = (index: number): Path => ['gateway', 'routes', index];

/** Without routes all is said where every service works off a queue. */
function worksOff(name: string, { services, tasks }: Config): boolean {
  const queues = Object.values(tasks?.queues ?? {});
  return (
    services[name]?.signals?.backlog !== undefined || queues.some(({ service }) => service === name)
  );
}

/** What stands below the paths of our own would never be reached. */
function checkOwn(own: readonly RouteSpec[], routes: readonly GivenRoute[], report: Report): void {
  for (const [index, route] of routes.entries()) {
    const taken = own.find((each) => shadows(each, matchOf(route)));
    if (!taken) continue;
    const path = [...at(index), 'path'];
    const base = own.at(-1)?.path.replace('/*', '');
    report(
      path,
      `must not lie below ${base}: tasks are sent and shown there; choose another, or set tasks.path`,
      { dependsOn: [path, ['tasks', 'path']] },
    );
  }
}

function checkTargets(routes: readonly GivenRoute[], report: Report): void {
  for (const [index, { path, service, aggregate, scopes, claims, auth }] of routes.entries()) {
    if (path?.startsWith('/.tidegate/')) {
      report([...at(index), 'path'], 'must not begin with /.tidegate/: the gateway answers there');
    }
    if (service === undefined && aggregate === undefined) {
      report(at(index), "must name the service that answers: service: 'NAME'");
    }
    if (service !== undefined && aggregate !== undefined) {
      report(
        [...at(index), 'aggregate'],
        'must not stand beside service: a route has one of them',
        {
          dependsOn: [at(index)],
        },
      );
    }
    if (typeof service === 'object' && !Object.values(service).some((weight) => weight > 0)) {
      report([...at(index), 'service'], 'must give at least one service a weight above 0');
    }
    for (const [key, value] of Object.entries({ scopes, claims })) {
      if (value === undefined || auth !== undefined) continue;
      report([...at(index), key], 'must stand beside auth, which brings the token', {
        dependsOn: [at(index)],
      });
    }
  }
}

function checkOrder(routes: readonly GivenRoute[], report: Report): void {
  const matches = routes.map(matchOf);
  for (const [index, later] of matches.entries()) {
    const first = matches.slice(0, index).findIndex((earlier) => shadows(earlier, later));
    if (first < 0) continue;
    report(
      at(index),
      `can never match: gateway.routes[${first}] ('${matches[first]?.path}') comes first and takes every request of '${later.path}'; put the more specific route first`,
      { withoutValue: true, dependsOn: [...matchKeys(index), ...matchKeys(first)] },
    );
  }
}

function matchKeys(index: number): readonly Path[] {
  return ['path', 'methods', 'host', 'headers'].map((key) => [...at(index), key]);
}

function matchOf(route: Partial<GivenRoute>): RouteMatch {
  return {
    path: route.path ?? DEFAULTS.route.path,
    methods: (route.methods ?? (route.aggregate ? AGGREGATE_METHODS : [])).map((method) =>
      method.toUpperCase(),
    ),
    hosts: (route.host ?? []).map((host) => host.toLowerCase()),
    headers: Object.fromEntries(
      Object.entries(route.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]),
    ),
  };
}

/** Who answers. A weight of 0 gets nothing. */
function servicesOf({ service, aggregate }: GivenRoute): readonly WeightedService[] {
  if (service === undefined) return aggregate ? [{ service: AGGREGATOR, weight: 1 }] : [];
  if (typeof service === 'string') return [{ service, weight: 1 }];
  return Object.entries(service)
    .filter(([, weight]) => weight > 0)
    .map(([name, weight]) => ({ service: name, weight }));
}

function withDefaults(
  route: Partial<GivenRoute>,
  services: readonly WeightedService[],
  queue: string | null,
  seen: Map<string, number>,
): RouteSpec {
  const match = matchOf(route);
  const count = (seen.get(match.path) ?? 0) + 1;
  seen.set(match.path, count);
  return {
    id: count === 1 ? match.path : `${match.path}#${count}`,
    services,
    ...match,
    timeoutMs: route.timeout ?? DEFAULTS.route.timeoutMs,
    bodyLimitBytes: route.bodyLimit ?? DEFAULTS.route.bodyLimitBytes,
    lengthRequired: route.lengthRequired ?? DEFAULTS.route.lengthRequired,
    auth: route.auth ?? null,
    scopes: [...new Set(route.scopes)],
    claims: route.claims ?? {},
    rateLimit: resolveRateLimit(route.rateLimit),
    cache: resolveCache(route.cache),
    ...edgesOf(route),
    aggregate: resolveAggregate(route),
    async: queue,
    from: 'anywhere',
  };
}
