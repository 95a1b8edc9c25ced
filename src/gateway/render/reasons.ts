import { isDeepStrictEqual } from 'node:util';
import type { GatewayService, GatewaySleep, GatewayState } from '../gateway.ts';
import type { SlotTable } from '../plan.ts';

interface Side {
  readonly state: GatewayState;
  readonly slots: SlotTable;
}

/** Why HAProxy must reload, for people: what differs that no runtime command can change. Never empty. */
export function reloadReasons(before: Side | null, after: Side): readonly string[] {
  if (before === null) return ['first start'];
  const reasons = [
    ...gatewayReasons(before.state, after.state),
    ...identityReasons(before.state, after.state),
    ...routeReasons(before.state, after.state),
    ...serviceReasons(before, after),
    ...deliveryReasons(before.state, after.state),
  ];
  return reasons.length > 0
    ? reasons
    : ['the machine, the paths or this version render differently'];
}

// Private

function gatewayReasons(before: GatewayState, after: GatewayState): readonly string[] {
  const tls = isDeepStrictEqual(before.gateway.tls, after.gateway.tls);
  const certificate =
    tls && before.certificate !== after.certificate ? ['gateway: the certificate changed'] : [];
  const keys = (['host', 'port', 'accessLog', 'compression', 'paths'] as const).flatMap((key) => {
    const [was, is] = [before.gateway[key], after.gateway[key]];
    return was === is ? [] : [`gateway: ${key} changed from ${was} to ${is}`];
  });
  const edges = (['rateLimit', 'trustedProxies', 'forwarded', 'securityHeaders'] as const).filter(
    (key) => !isDeepStrictEqual(before.gateway[key], after.gateway[key]),
  );
  return [
    ...keys,
    ...edges.map((key) => `gateway: ${key} changed`),
    ...(tls ? [] : ['gateway: tls changed']),
    ...certificate,
  ];
}

function identityReasons(before: GatewayState, after: GatewayState): readonly string[] {
  const [was, is] = [before.gateway.jwt, after.gateway.jwt];
  const changed = (a: unknown, b: unknown): boolean => !isDeepStrictEqual(a, b);
  return [...new Set([...Object.keys(was), ...Object.keys(is)])].flatMap((name) => {
    const [old, now] = [before.keys[name], after.keys[name]];
    const keys = changed([old?.keys, old?.mayGrow], [now?.keys, now?.mayGrow]);
    return [
      ...(changed(was[name], is[name]) ? [`gateway.jwt ${name} changed`] : []),
      ...(keys ? [`gateway.jwt ${name}: other keys`] : []),
    ];
  });
}

function routeReasons(before: GatewayState, after: GatewayState): readonly string[] {
  const was = new Map(before.gateway.routes.map((route) => [route.id, route]));
  const is = new Map(after.gateway.routes.map((route) => [route.id, route]));
  const common = (ids: Iterable<string>, other: ReadonlyMap<string, unknown>): string[] =>
    [...ids].filter((id) => other.has(id));
  const moved = !isDeepStrictEqual(common(was.keys(), is), common(is.keys(), was));
  return [
    ...[...was.keys()].filter((id) => !is.has(id)).map((id) => `route ${id} removed`),
    ...[...is.keys()].filter((id) => !was.has(id)).map((id) => `route ${id} added`),
    ...[...is].flatMap(([id, route]) => {
      const old = was.get(id);
      const keys = old ? changedKeys(old, route) : [];
      // In the file the key is `service`, whether one answers or several.
      return keys.map((key) => `route ${id}: ${key === 'services' ? 'service' : key} changed`);
    }),
    ...(moved ? ['routes in another order'] : []),
  ];
}

function deliveryReasons(before: GatewayState, after: GatewayState): readonly string[] {
  const was = new Map(Object.entries(before.gateway.deliveries));
  const is = new Map(Object.entries(after.gateway.deliveries));
  return [...new Set([...was.keys(), ...is.keys()])].flatMap((name) => {
    if (was.get(name) === is.get(name)) return [];
    if (!was.has(name)) return [`service ${name}: tasks are delivered to it`];
    if (!is.has(name)) return [`service ${name}: no tasks are delivered to it any more`];
    return [`service ${name}: the time a delivery may take changed`];
  });
}

function serviceReasons(before: Side, after: Side): readonly string[] {
  const [was, is] = [before.state.services, after.state.services];
  return [
    ...Object.keys(was)
      .filter((name) => !Object.hasOwn(is, name))
      .map((name) => `service ${name} removed`),
    ...Object.entries(is).flatMap(([name, service]) => {
      const old = Object.hasOwn(was, name) ? was[name] : undefined;
      if (!old) return [`service ${name} added`];
      return [
        ...rendered(old, service).map((key) => `service ${name}: ${key} changed`),
        ...sleepReasons(name, old.sleep, service.sleep),
        ...slotReasons(name, before.slots[name], after.slots[name]),
      ];
    }),
  ];
}

/** Of a service's keys, only those the configuration depends on. */
function rendered(old: GatewayService, now: GatewayService): readonly string[] {
  const { startupMs: _1, replaceAfterMs: _2, ...oldHealth } = old.spec.health;
  const { startupMs: _3, replaceAfterMs: _4, ...newHealth } = now.spec.health;
  return changedKeys({ ...old.spec, health: oldHealth }, { ...now.spec, health: newHealth });
}

function sleepReasons(
  name: string,
  before: GatewaySleep | null,
  after: GatewaySleep | null,
): readonly string[] {
  if (before?.holdMs === after?.holdMs) return [];
  if (!before) return [`service ${name}: it may sleep`];
  if (!after) return [`service ${name}: it does not sleep any more`];
  return [`service ${name}: the time its requests are held changed`];
}

function slotReasons(
  name: string,
  before: SlotTable[string] = [],
  after: SlotTable[string] = [],
): readonly string[] {
  return after.length > before.length
    ? [`service ${name}: more slots needed: ${after.length} > ${before.length}`]
    : [];
}

/** The changed keys without their units: `timeoutMs` → `timeout`. */
function changedKeys<T extends object>(before: T, after: T): readonly string[] {
  const keys = Object.keys(after) as (keyof T & string)[];
  return keys
    .filter((key) => !isDeepStrictEqual(before[key], after[key]))
    .map((key) => key.replace(/(?:Ms|Bytes)$/, ''));
}
