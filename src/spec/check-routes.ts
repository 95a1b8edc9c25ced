import type { Path } from './problem.ts';
import type { Report } from './report.ts';
import { matchOf } from './route-match.ts';
import type { Config } from './schema/config.ts';
import { shadows } from './shadow.ts';
import type { RouteSpec } from './spec.ts';

type GivenRoute = NonNullable<NonNullable<Config['gateway']>['routes']>[number];

/** Whether each route names who answers and can be reached: not behind another, nor below the paths of our own. */
export function checkRoutes(
  routes: readonly GivenRoute[],
  own: readonly RouteSpec[],
  report: Report,
): void {
  checkTargets(routes, report);
  checkOrder(routes, report);
  checkOwn(own, routes, report);
}

// Private

const at = (index: number): Path => ['gateway', 'routes', index];

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
