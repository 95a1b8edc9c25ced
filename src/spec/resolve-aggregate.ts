import { formatDuration } from '../kit/duration.ts';
import { partProblems } from './aggregate-access.ts';
import { encodedPlan } from './aggregate-plan.ts';
import { DEFAULTS } from './defaults.ts';
import { nearest } from './nearest.ts';
import { partPathProblem, pathPieces } from './part-path.ts';
import type { Path } from './problem.ts';
import type { Report } from './report.ts';
import type { Config } from './schema/config.ts';
import type { AggregatePart, RouteSpec } from './spec.ts';

type GivenRoute = NonNullable<NonNullable<Config['gateway']>['routes']>[number];

/** What an aggregate is asked for with: its parts only ever read. */
export const AGGREGATE_METHODS: readonly string[] = ['GET', 'HEAD'];

/** The plan of a route travels in a header, beside the client's. */
const MOST_PARTS = 16;
const LONGEST_PLAN = 4_096;

/** The parts of an aggregate route with their defaults, in the order of the file; null: a service answers. */
export function resolveAggregate(
  route: Pick<GivenRoute, 'aggregate' | 'timeout'>,
): readonly AggregatePart[] | null {
  if (route.aggregate === undefined) return null;
  const routeMs = route.timeout ?? DEFAULTS.route.timeoutMs;
  return Object.entries(route.aggregate).map(([name, given]) => {
    const { path, timeout, optional = false } = typeof given === 'string' ? { path: given } : given;
    const timeoutMs = timeout ?? Math.min(DEFAULTS.aggregate.timeoutMs, routeMs);
    return { name, path, timeoutMs, optional };
  });
}

/** What is wrong with an aggregate in itself; `at` is the path of its route. */
export function checkAggregate(route: GivenRoute, at: Path, report: Report): void {
  if (route.aggregate === undefined) return;
  const here = [...at, 'aggregate'];
  const names = Object.keys(route.aggregate);
  if (names.length === 0) report(here, "must name its parts: { user: '/users/:id' }");
  if (names.length > MOST_PARTS) report(here, `must have at most ${MOST_PARTS} parts`);
  const wrong = (route.methods ?? []).find(
    (each) => !AGGREGATE_METHODS.includes(each.toUpperCase()),
  );
  if (wrong !== undefined) {
    report(
      [...at, 'methods'],
      "must be 'GET' and 'HEAD' beside aggregate: its parts are only read",
    );
  }
  if (route.requestHeaders !== undefined) {
    report(
      [...at, 'requestHeaders'],
      'must not stand beside aggregate: give it to the routes of its parts',
    );
  }
  for (const part of resolveAggregate(route) ?? []) checkPart(part, route, here, report);
}

/** Whether plans are short enough, and every part leads somewhere, never past the auth of the route it leads to. */
export function checkParts(
  routes: readonly RouteSpec[],
  pathOf: (route: number) => Path,
  report: Report,
): void {
  for (const [position, route] of routes.entries()) {
    if (route.aggregate === null || encodedPlan(route).length <= LONGEST_PLAN) continue;
    const path = [...pathOf(position), 'aggregate'];
    report(path, 'is too long: have fewer parts, or shorter names and paths');
  }
  for (const { route, part, rule, judgedBy } of partProblems(routes)) {
    const path = [...pathOf(route), 'aggregate', part];
    const dependsOn = [...judgedBy, route].map(pathOf);
    report(path, rule, { dependsOn: [path, ...dependsOn] });
  }
}

// Private

function checkPart(part: AggregatePart, route: GivenRoute, here: Path, report: Report): void {
  const given = route.aggregate?.[part.name];
  const at = [...here, part.name];
  const pathAt = typeof given === 'string' ? at : [...at, 'path'];
  if (part.name === 'failed') {
    report(at, "must have another name: 'failed' is where the answer names the parts that failed");
  }
  const routeMs = route.timeout ?? DEFAULTS.route.timeoutMs;
  if (part.timeoutMs > routeMs) {
    report(
      [...at, 'timeout'],
      `must not be above the route's timeout, ${formatDuration(routeMs)}`,
      {
        dependsOn: [
          [...at, 'timeout'],
          [...here.slice(0, -1), 'timeout'],
        ],
      },
    );
  }
  const problem = partPathProblem(part.path);
  if (problem !== null) report(pathAt, problem);
  const own = parametersOf(route.path ?? DEFAULTS.route.path);
  for (const piece of pathPieces(part.path)) {
    if (typeof piece === 'string') continue;
    if ('claim' in piece) {
      if (route.auth !== undefined) continue;
      report(
        pathAt,
        `holds ':claims.${piece.claim}', so the route needs auth, which brings the token`,
        {
          dependsOn: [pathAt, [...here.slice(0, -1), 'auth']],
        },
      );
    } else if (!own.includes(piece.parameter)) {
      const known =
        own.length === 0 ? 'has none' : `has ${own.map((each) => `:${each}`).join(', ')}`;
      const close = nearest(piece.parameter, own);
      report(
        pathAt,
        `holds ':${piece.parameter}', which is no parameter of the route's path: it ${known}`,
        {
          nearest: close === undefined ? undefined : `:${close}`,
          dependsOn: [pathAt, [...here.slice(0, -1), 'path']],
        },
      );
    }
  }
}

function parametersOf(path: string): readonly string[] {
  return path.split('/').flatMap((segment) => (segment.startsWith(':') ? [segment.slice(1)] : []));
}
