import { AGGREGATOR } from './aggregator.ts';
import { answers } from './answers.ts';
import { canonical } from './canonical.ts';
import { DEFAULTS, defaultDrainMs, defaultTargetConcurrency } from './defaults.ts';
import type { GatewaySpec, ServiceSpec, Spec } from './spec.ts';

/**
 * The keys in which two configurations differ, as a person writes them: `services.api.scale.max`, `gateway.routes`, a
 * whole service that came or went as `services.web`. Empty exactly when both say the same. What only follows from
 * another key (a default `drain` from the routes' timeouts) is not named beside it.
 */
export function differingKeys(a: Spec, b: Spec): readonly string[] {
  const names = new Set([...Object.keys(a.services), ...Object.keys(b.services)]);
  // It comes, goes and changes with the routes alone.
  names.delete(AGGREGATOR);
  return [
    ...(['name', 'engine', 'admin', 'host'] as const).flatMap((key) =>
      compare(key, a[key], b[key]),
    ),
    ...compare('gateway', a.gateway, b.gateway),
    ...[...names].flatMap((name) => {
      const [was, is] = [a.services[name], b.services[name]];
      if (!was || !is) return [`services.${name}`];
      return compareServices(`services.${name}`, was, is, [a.gateway, b.gateway]);
    }),
  ];
}

// Private

function compareServices(
  path: string,
  a: ServiceSpec,
  b: ServiceSpec,
  [gatewayA, gatewayB]: readonly [GatewaySpec, GatewaySpec],
): readonly string[] {
  const derived = [
    ...(hasDefaultDrain(a, gatewayA) && hasDefaultDrain(b, gatewayB) ? ['drain'] : []),
    ...(hasDefaultTarget(a) && hasDefaultTarget(b) ? ['scale.target.concurrency'] : []),
    ...(hasDefaultSleep(a) && hasDefaultSleep(b) ? ['scale.sleepAfter'] : []),
    ...(hasDefaultBurst(a) && hasDefaultBurst(b) ? ['scale.burst.window'] : []),
  ].map((key) => `${path}.${key}`);
  return compare(path, written(a), written(b)).filter((key) => !derived.includes(key));
}

/** `balance` and `hashBy` are two keys in the file. */
function written(service: ServiceSpec): object {
  const { balance } = service;
  return {
    ...service,
    balance: balance.kind,
    hashBy: balance.kind === 'hash' ? balance.by : null,
  };
}

function hasDefaultDrain({ name, drainMs }: ServiceSpec, { routes }: GatewaySpec): boolean {
  const own = routes.filter((route) => answers(route, name));
  return drainMs === defaultDrainMs(own.map(({ timeoutMs }) => timeoutMs));
}

function hasDefaultTarget({ concurrency, scale }: ServiceSpec): boolean {
  return scale.target.concurrency === defaultTargetConcurrency(concurrency);
}

function hasDefaultSleep({ scale }: ServiceSpec): boolean {
  return scale.sleepAfterMs === scale.cooldown.downMs;
}

function hasDefaultBurst({ scale }: ServiceSpec): boolean {
  return scale.burst.windowMs === Math.min(DEFAULTS.scale.burst.windowMs, scale.windowMs);
}

/** Sections a person writes key by key; everything else is a value and differs as a whole. */
const SECTIONS =
  /^(?:admin|host|gateway|services\.[^.]+(?:\.(?:env|health|resources|update|scale(?:\.(?:up|down|brake|target|burst|cooldown))?))?)$/;

function compare(path: string, a: unknown, b: unknown): readonly string[] {
  if (canonical(a) === canonical(b)) return [];
  if (!SECTIONS.test(path)) return [path];
  const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>];
  const keys = [...new Set([...Object.keys(left), ...Object.keys(right)])];
  return keys.flatMap((key) => compare(`${path}.${writtenAs(path, key)}`, left[key], right[key]));
}

/** Resolved names carry their unit, written ones do not; names of variables are the user's own. */
function writtenAs(path: string, key: string): string {
  return path.endsWith('.env') ? key : key.replace(/(?:Ms|Bytes)$/, '');
}
