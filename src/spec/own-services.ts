import { AGGREGATOR } from './aggregator.ts';
import { DISPATCH_SERVICE, TASKS_SERVICE } from './tasks-program.ts';

/** What the services of our own do, by name: they come, go and change with routes and tasks alone. */
const OWN: Readonly<Record<string, string>> = {
  [AGGREGATOR]: 'aggregates',
  [TASKS_SERVICE]: 'takes tasks',
  [DISPATCH_SERVICE]: 'delivers tasks',
};

/** Whether a service is one of our own, which stand in no file. */
export function isOwnService(name: string): boolean {
  return Object.hasOwn(OWN, name);
}

/** The names that no service of the user may have, each with what it does. */
export function ownServices(): readonly (readonly [name: string, does: string])[] {
  return Object.entries(OWN);
}
