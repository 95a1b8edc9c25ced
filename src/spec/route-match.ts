import { DEFAULTS } from './defaults.ts';
import { AGGREGATE_METHODS } from './resolve-aggregate.ts';
import type { Config } from './schema/config.ts';
import type { RouteMatch } from './shadow.ts';

type GivenRoute = NonNullable<NonNullable<Config['gateway']>['routes']>[number];

/** Which requests a route takes. */
export function matchOf(route: Partial<GivenRoute>): RouteMatch {
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
