import { answers } from '../../spec/answers.ts';
import type { Path } from '../../spec/problem.ts';
import type { GatewaySpec, RouteSpec } from '../../spec/spec.ts';
import { TASKS_SERVICE } from '../../spec/tasks-program.ts';

/** Where a route is said: those of tasks stand before all others, and none of them in the list of the file. */
export function placeOf({ routes }: GatewaySpec, index: number, key?: string): Path {
  if (answers(routes[index] as RouteSpec, TASKS_SERVICE)) {
    if (key === undefined) return ['tasks', 'path'];
    const named = OF_TASKS[key];
    return named === undefined ? ['tasks'] : ['tasks', named];
  }
  const ours = routes.filter((route) => answers(route, TASKS_SERVICE)).length;
  return ['gateway', 'routes', index - ours, ...(key === undefined ? [] : [key])];
}

// Private

/** What the keys of our own routes come from; the others are the whole's. */
const OF_TASKS: Readonly<Record<string, string>> = {
  auth: 'auth',
  from: 'auth',
  bodyLimit: 'bodyLimit',
};
