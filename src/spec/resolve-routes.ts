import { AGGREGATOR } from './aggregator.ts';
import { checkRoutes } from './check-routes.ts';
import { DEFAULTS } from './defaults.ts';
import type { Path } from './problem.ts';
import { checkCache, resolveCache } from './resolve-cache.ts';
import { edgesOf } from './resolve-edges.ts';
import type { Report } from './report.ts';
import { resolveRateLimit } from './resolve-rate-limit.ts';
import { checkAggregate, checkParts, resolveAggregate } from './resolve-aggregate.ts';
import { asyncQueue, asyncService } from './resolve-queues.ts';
import { matchOf } from './route-match.ts';
import type { Config } from './schema/config.ts';
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
        {
          dependsOn: [
            ['gateway', 'routes'],
            ['tasks', 'queues'],
          ],
        },
      );
    }
    const all = services
      .slice(0, 1)
      .map((service) => withDefaults({}, [{ service, weight: 1 }], null, new Map()));
    return [...own, ...all];
  }
  checkRoutes(given, own, report);
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
