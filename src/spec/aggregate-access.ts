import { pathPieces } from './part-path.ts';
import type { AggregatePart, RouteSpec } from './spec.ts';
import { shadows } from './shadow.ts';
import { answers } from './answers.ts';
import { TASKS_SERVICE } from './tasks-program.ts';

/** What keeps a part from being asked for. */
export interface PartProblem {
  /** Index of the aggregate route. */
  readonly route: number;
  readonly part: string;
  readonly rule: string;
  /** Indexes of the routes it was judged by. */
  readonly judgedBy: readonly number[];
}

/** The headers a part's request has; a route that asks for another never gets one. */
export const PART_HEADERS: readonly string[] = [
  'accept',
  'accept-encoding',
  'accept-language',
  'authorization',
  'connection',
  'cookie',
  'host',
  'traceparent',
  'x-request-id',
  'x-tidegate-client',
  'x-tidegate-scheme',
];

/**
 * Where parts lead nowhere, in circles, or past the auth of the route they lead to. A parameter stands for any segment, so
 * a part is judged by every route it may come to; what cannot be excluded counts as possible.
 */
export function partProblems(routes: readonly RouteSpec[]): readonly PartProblem[] {
  return routes.flatMap((route, index) =>
    (route.aggregate ?? []).flatMap((part) => {
      const reached = reachedBy(part, route, routes);
      const found = reached.length === 0 ? NOWHERE : problemWith(reached, route);
      if (found === null) return [];
      const judgedBy =
        found === NOWHERE
          ? routes.map((_, each) => each)
          : reached.map((each) => routes.indexOf(each));
      return [{ route: index, part: part.name, rule: found, judgedBy }];
    }),
  );
}

// Private

const NOWHERE =
  'leads to no route: a part is asked for through the gateway, and must be a path that one of its routes takes';

/** The routes that may take the part's request, in order, up to the first that takes every one of them. */
function reachedBy(
  part: AggregatePart,
  aggregate: RouteSpec,
  routes: readonly RouteSpec[],
): readonly RouteSpec[] {
  const path = part.path.replace(/\?.*$/, '');
  const asked = { path, methods: ['GET'], hosts: aggregate.hosts, headers: {} };
  const reached: RouteSpec[] = [];
  for (const route of routes) {
    if (!mayTake(route, asked)) continue;
    reached.push(route);
    if (shadows(route, asked)) break;
  }
  return reached;
}

function mayTake(route: RouteSpec, asked: Pick<RouteSpec, 'path' | 'hosts'>): boolean {
  return (
    mayMatch(route.path, asked.path) &&
    (route.methods.length === 0 || route.methods.includes('GET')) &&
    (route.hosts.length === 0 ||
      asked.hosts.length === 0 ||
      route.hosts.some((a) => asked.hosts.some((b) => mayBeBoth(a, b)))) &&
    Object.keys(route.headers).every((name) => PART_HEADERS.includes(name.toLowerCase()))
  );
}

function mayMatch(pattern: string, path: string): boolean {
  const open = pattern.endsWith('/*');
  const a = (open ? pattern.slice(0, -2) : pattern).split('/').slice(1);
  const b = path.split('/').slice(1);
  if (open ? b.length < a.length : b.length !== a.length) return false;
  return a.every((segment, index) => {
    const other = b[index] ?? '';
    return segment === other || (segment.startsWith(':') && other !== '') || isStandIn(other);
  });
}

function isStandIn(segment: string): boolean {
  return pathPieces(`/${segment}`).some((piece) => typeof piece !== 'string');
}

function mayBeBoth(a: string, b: string): boolean {
  const ends = (host: string, pattern: string): boolean =>
    pattern.startsWith('*.') && host.endsWith(pattern.slice(1));
  return a === b || ends(a, b) || ends(b, a);
}

function problemWith(reached: readonly RouteSpec[], aggregate: RouteSpec): string | null {
  const circle = reached.find((route) => route.aggregate !== null);
  if (circle) return `may lead to ${circle.path}, an aggregate itself: name its parts here`;
  const tasks = reached.find((route) => answers(route, TASKS_SERVICE));
  if (tasks) {
    return `may lead to ${tasks.path}, where tasks are sent and shown: give the part another path`;
  }
  for (const route of reached) {
    const missing = missingFor(route, aggregate);
    if (missing.length > 0) {
      return `may lead to ${route.path}, which asks for ${missing.join(' and ')}: write the same on this route, or give the part another path`;
    }
  }
  return null;
}

/** What a part's route demands of a token and the aggregate's does not, as it is written. */
function missingFor(route: RouteSpec, aggregate: RouteSpec): readonly string[] {
  if (route.auth === null) return [];
  const scopes = route.scopes.filter((scope) => !aggregate.scopes.includes(scope));
  const claims = Object.entries(route.claims).filter(([name, values]) => {
    const own = Object.hasOwn(aggregate.claims, name) ? aggregate.claims[name] : undefined;
    return own === undefined || own.length === 0 || own.some((value) => !values.includes(value));
  });
  return [
    ...(route.auth === aggregate.auth ? [] : [`auth: '${route.auth}'`]),
    ...(scopes.length === 0 ? [] : [`scopes: [${scopes.map(quoted).join(', ')}]`]),
    ...claims.map(([name, values]) => `claims: { ${name}: [${values.map(quoted).join(', ')}] }`),
  ];
}

function quoted(text: string): string {
  return `'${text}'`;
}
