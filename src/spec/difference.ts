import { answers } from './answers.ts';
import { canonical } from './canonical.ts';
import { DEFAULTS, defaultDrainMs, defaultTarget } from './defaults.ts';
import { writtenDatabases, writtenTasks } from './difference-tasks.ts';
import { isOwnService } from './own-services.ts';
import type { ServiceSpec, Spec } from './spec.ts';
import { TASKS_SERVICE } from './tasks-program.ts';

/**
 * The keys in which two configurations differ, as a person writes them: `services.api.scale.max`, `gateway.routes`, a
 * whole service that came or went as `services.web`. Empty exactly when both say the same. What only follows from
 * another key (a default `drain` from the routes' timeouts, the services of our own) is not named beside it.
 */
export function differingKeys(a: Spec, b: Spec): readonly string[] {
  const names = new Set([...Object.keys(a.services), ...Object.keys(b.services)]);
  return [
    ...(['name', 'engine', 'admin', 'host'] as const).flatMap((key) =>
      compare(key, a[key], b[key]),
    ),
    ...compare('gateway', writtenGateway(a), writtenGateway(b)),
    ...[...names].flatMap((name) => {
      if (isOwnService(name)) return [];
      const [was, is] = [a.services[name], b.services[name]];
      if (!was || !is) return [`services.${name}`];
      return compareServices(`services.${name}`, was, is, [a, b]);
    }),
    ...compare('tasks', writtenTasks(a), writtenTasks(b)),
    ...compare('databases', writtenDatabases(a), writtenDatabases(b)),
    ...compare('alerts', a.alerts, b.alerts),
  ];
}

// Private

function compareServices(
  path: string,
  a: ServiceSpec,
  b: ServiceSpec,
  [specA, specB]: readonly [Spec, Spec],
): readonly string[] {
  const derived = [
    ...(hasDefaultDrain(a, specA) && hasDefaultDrain(b, specB) ? ['drain'] : []),
    ...(hasDefaultTarget(a, specA) && hasDefaultTarget(b, specB) ? DEFAULT_TARGETS : []),
    ...(hasDefaultSleep(a) && hasDefaultSleep(b) ? ['scale.sleepAfter'] : []),
    ...(hasDefaultBurst(a) && hasDefaultBurst(b) ? ['scale.burst.window'] : []),
  ].map((key) => `${path}.${key}`);
  return compare(path, written(a), written(b)).filter((key) => !derived.includes(key));
}

/** What may stand in a default target. */
const DEFAULT_TARGETS = ['scale.target.concurrency', 'scale.target.drainTime'];

/** Without the routes and deliveries that follow from `tasks`. */
function writtenGateway({ gateway }: Spec): object {
  const { deliveries: _derived, routes, ...rest } = gateway;
  const own = routes.filter((route) => !answers(route, TASKS_SERVICE));
  return { ...rest, routes: own.map((route) => ({ ...route, async: route.async !== null })) };
}

/** `balance` and `hashBy` are two keys in the file; the queues of `tasks` stand there. */
function written(service: ServiceSpec): object {
  const { balance, backlog, ...rest } = service;
  return {
    ...rest,
    'signals.backlog': backlog?.kind === 'queues' ? null : backlog,
    balance: balance.kind,
    hashBy: balance.kind === 'hash' ? balance.by : null,
  };
}

function hasDefaultDrain({ name, drainMs }: ServiceSpec, { gateway, tasks }: Spec): boolean {
  const own = [
    ...gateway.routes.filter((route) => answers(route, name)),
    ...Object.values(tasks?.queues ?? {}).filter(({ service }) => service === name),
  ];
  return drainMs === defaultDrainMs(own.map(({ timeoutMs }) => timeoutMs));
}

function hasDefaultTarget({ name, concurrency, backlog, scale }: ServiceSpec, spec: Spec): boolean {
  const route = spec.gateway.routes.some((each) => answers(each, name));
  const target = defaultTarget(concurrency, scale.policy, { queue: backlog !== null, route });
  return canonical(scale.target) === canonical(target);
}

function hasDefaultSleep({ scale }: ServiceSpec): boolean {
  return scale.sleepAfterMs === scale.cooldown.downMs;
}

function hasDefaultBurst({ scale }: ServiceSpec): boolean {
  return scale.burst.windowMs === Math.min(DEFAULTS.scale.burst.windowMs, scale.windowMs);
}

/** Sections a person writes key by key; everything else is a value and differs as a whole. */
const SECTIONS =
  /^(?:admin|host|gateway|databases|tasks(?:\.(?:queues|schedules))?|services\.[^.]+(?:\.(?:env|health|resources|update|scale(?:\.(?:up|down|brake|target|burst|cooldown))?))?)$/;

function compare(path: string, a: unknown, b: unknown): readonly string[] {
  if (canonical(a) === canonical(b)) return [];
  if (!SECTIONS.test(path) || a === null || b === null) return [path];
  const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>];
  const keys = [...new Set([...Object.keys(left), ...Object.keys(right)])];
  return keys.flatMap((key) => compare(`${path}.${writtenAs(path, key)}`, left[key], right[key]));
}

/** Resolved names carry their unit, written ones do not; names of variables are the user's own. */
function writtenAs(path: string, key: string): string {
  return path.endsWith('.env') ? key : key.replace(/(?:Ms|Bytes)$/, '');
}
