import { isFixedHeader } from '../../spec/fixed-headers.ts';
import { rewriteProblem } from '../../spec/rewrite-path.ts';
import type { CacheSpec, CorsSpec, RouteSpec } from '../../spec/spec.ts';
import type { GatewayService, GatewaySleep, GatewayState } from '../gateway.ts';
import type { GatewayMachine, GatewayPaths } from '../plan.ts';
import { circuitRefusals } from './circuit.ts';
import { identityRefusals } from './identity-refusals.ts';
import { partRefusals } from './parts.ts';
import { isQuotable } from './quote.ts';
import { rateLimitRefusals } from './rate-limit-refusals.ts';
import { taskRefusals } from './task-refusals.ts';
import { LONGEST_MS } from './timeouts.ts';
import { tlsRefusals } from './tls.ts';

/**
 * Everything that keeps a state from becoming a configuration. The specification refuses most of it earlier; what
 * reaches HAProxy is checked here whatever came before.
 */
export function refusals(
  state: GatewayState,
  paths: GatewayPaths,
  machine: GatewayMachine,
): readonly string[] {
  const { gateway, services } = state;
  return [
    ...check('gateway.host', gateway.host, HOST, 'an address or a host name'),
    ...whole('gateway.port', gateway.port, 1, 65_535),
    ...tlsRefusals(state),
    ...identityRefusals(state, machine),
    ...rateLimitRefusals(state),
    ...circuitRefusals(state),
    ...gateway.trustedProxies.flatMap((proxy) =>
      check('gateway.trustedProxies', proxy, NETWORK, 'an address or a network'),
    ),
    ...gateway.routes.flatMap((route, index) => routeProblems(route, index, state)),
    ...partRefusals(gateway),
    ...taskRefusals(state),
    ...Object.entries(services).flatMap(([name, service]) =>
      serviceProblems(name, service, machine),
    ),
    ...pathProblems('folder', paths.folder),
    ...pathProblems('run folder', paths.runFolder),
    ...whole('threads', machine.threads, 1, 64),
    ...whole('max connections', machine.maxConnections, 1, 10_000_000),
    ...(machine.dropTo
      ? [
          ...check('user', machine.dropTo.user, ACCOUNT, 'an account name'),
          ...check('group', machine.dropTo.group, ACCOUNT, 'a group name'),
        ]
      : []),
  ];
}

// Private

const NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/;
const ACCOUNT = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,31}$/;
const HOST = /^(?:[A-Za-z0-9][A-Za-z0-9.-]{0,252}|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*)$/;
const ADDRESS = /^(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*)$/;
const NETWORK =
  /^(?:\d{1,3}(?:\.\d{1,3}){3}(?:\/(?:[1-9]|[12]\d|3[0-2]))?|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*(?:\/[1-9]\d{0,2})?)$/;
const METHOD = /^[A-Z][A-Z-]{0,31}$/;
const HEADER = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;
const ORIGIN = /^(?:\*|https?:\/\/[a-z0-9.-]{1,253}(?::\d{1,5})?)$/;
const SOUND_PATH = /^\/(?!\/)(?:(?!\/\/|\/\.{1,2}(?:\/|$)|\/$).)*\/?$/;
const HOST_PATTERN = /^(?:\*\.)?[a-z0-9_](?:[a-z0-9_.-]{0,252})$/;

function routeProblems(route: RouteSpec, index: number, state: GatewayState): readonly string[] {
  const at = `gateway.routes[${index}]`;
  return [
    ...(route.services.length > 0 ? [] : [`${at}.service: nobody answers`]),
    ...route.services.flatMap(({ service, weight }) => [
      ...(Object.hasOwn(state.services, service)
        ? []
        : [`${at}.service: ${shown(service)} is no service`]),
      ...whole(`${at}.service.${shown(service)}`, weight, 1, 256),
    ]),
    ...text(`${at}.id`, route.id),
    ...text(`${at}.path`, route.path),
    ...(route.path.startsWith('/') ? [] : [`${at}.path: ${shown(route.path)} must begin with /`]),
    ...route.methods.flatMap((m) => check(`${at}.methods`, m, METHOD, 'a method such as GET')),
    ...route.hosts.flatMap((host) =>
      check(`${at}.host`, host, HOST_PATTERN, 'a host name in small letters'),
    ),
    ...Object.entries(route.headers).flatMap(([name, value]) => [
      ...check(`${at}.headers`, name, HEADER, 'a header name: letters, digits, _ and -'),
      ...text(`${at}.headers.${shown(name)}`, value),
    ]),
    ...edgeProblems(at, route),
    ...whole(`${at}.timeout`, route.timeoutMs, 1, LONGEST_MS),
    ...whole(`${at}.bodyLimit`, route.bodyLimitBytes, 0, Number.MAX_SAFE_INTEGER),
    ...(route.cache ? cacheProblems(`${at}.cache`, route.cache) : []),
  ];
}

function edgeProblems(at: string, route: RouteSpec): readonly string[] {
  const { path, rewrite, cors } = route;
  const problem = rewrite === null ? null : rewriteProblem(path, rewrite);
  return [
    ...(rewrite === null ? [] : text(`${at}.rewrite`, rewrite)),
    ...(rewrite === null || SOUND_PATH.test(rewrite)
      ? []
      : [`${at}.rewrite: ${shown(rewrite)} must be a path without empty segments, . and ..`]),
    ...(problem === null ? [] : [`${at}.rewrite: must ${problem}`]),
    ...(['requestHeaders', 'responseHeaders'] as const).flatMap((key) =>
      Object.entries(route[key]).flatMap(([name, value]) => [
        ...check(`${at}.${key}`, name, HEADER, 'a header name: letters, digits, _ and -'),
        ...(isFixedHeader(key === 'requestHeaders' ? 'service' : 'client', name)
          ? [`${at}.${key}: ${shown(name)} is not for a route to change`]
          : []),
        ...(value === null ? [] : text(`${at}.${key}.${shown(name)}`, value)),
        ...(value === '' ? [`${at}.${key}.${shown(name)}: must not be empty`] : []),
      ]),
    ),
    ...(cors === null ? [] : corsProblems(at, cors)),
  ];
}

function corsProblems(at: string, cors: CorsSpec): readonly string[] {
  const any = cors.origins.includes('*');
  return [
    ...cors.origins.flatMap((origin) => check(`${at}.cors.origins`, origin, ORIGIN, 'an origin')),
    ...cors.methods.flatMap((m) => check(`${at}.cors.methods`, m, METHOD, 'a method such as GET')),
    ...cors.headers.flatMap((name) => check(`${at}.cors.headers`, name, HEADER, 'a header name')),
    ...(any && cors.origins.length > 1 ? [`${at}.cors.origins: '*' must stand alone`] : []),
    ...(any && cors.credentials ? [`${at}.cors.credentials: must name the origins`] : []),
    ...whole(`${at}.cors.maxAge`, cors.maxAgeMs, 0, LONGEST_MS),
  ];
}

function cacheProblems(
  at: string,
  { ttlMs, sizeBytes, maxObjectBytes }: CacheSpec,
): readonly string[] {
  return [
    ...whole(`${at}.ttl`, ttlMs, 1_000, LONGEST_MS),
    ...whole(`${at}.size in MB`, sizeBytes / 2 ** 20, 1, 4_095),
    ...whole(`${at}.maxObject`, maxObjectBytes, 1, sizeBytes / 2),
  ];
}

function serviceProblems(
  name: string,
  service: GatewayService,
  machine: GatewayMachine,
): readonly string[] {
  const at = `services.${shown(name)}`;
  const { spec, sleep, servers } = service;
  const { health, balance } = spec;
  const replicas = servers.map((server) => server.replica);
  const twice = replicas.filter((replica, index) => replicas.indexOf(replica) !== index);
  return [
    ...check('services', name, NAME, 'a name: letters, digits, _ and -, at most 63'),
    ...(spec.name === name ? [] : [`${at}: is called ${shown(spec.name)} inside`]),
    ...(health.path === null ? [] : text(`${at}.health.path`, health.path)),
    ...(health.path === null || health.path.startsWith('/')
      ? []
      : [`${at}.health.path: ${shown(health.path)} must begin with /`]),
    ...whole(`${at}.health.interval`, health.intervalMs, 1, LONGEST_MS),
    ...whole(`${at}.health.timeout`, health.timeoutMs, 1, LONGEST_MS),
    ...(spec.concurrency === null
      ? []
      : whole(`${at}.concurrency`, spec.concurrency, 1, 1_000_000)),
    ...(spec.slowStartMs === null ? [] : whole(`${at}.slowStart`, spec.slowStartMs, 1, LONGEST_MS)),
    ...whole(`${at}.retries`, spec.retries, 0, 100),
    ...whole(`${at}.drain`, spec.drainMs, 0, LONGEST_MS),
    ...whole(`${at}.slots`, service.slots, 0, 10_000),
    ...(balance.kind === 'hash' && balance.by.kind !== 'ip'
      ? check(`${at}.hashBy`, balance.by.name, HEADER, 'a name: letters, digits, _ and -')
      : []),
    ...(sleep ? sleepProblems(at, sleep, machine) : []),
    ...twice.map((replica) => `${at}: the replica ${shown(replica)} is there twice`),
    ...servers.flatMap((server) => [
      ...check(`${at}.${shown(server.replica)}`, server.host, ADDRESS, 'an IP address'),
      ...whole(`${at}.${shown(server.replica)} port`, server.port, 1, 65_535),
    ]),
  ];
}

function sleepProblems(
  at: string,
  { holdMs, retryAfterSeconds }: GatewaySleep,
  { lua }: GatewayMachine,
): readonly string[] {
  return [
    ...(lua
      ? []
      : [`${at}.scale.min: 0 needs a HAProxy with Lua, and this one was built without it`]),
    ...whole(`${at}.hold`, holdMs, 1, LONGEST_MS),
    ...whole(`${at}.retryAfter`, retryAfterSeconds, 0, 86_400),
  ];
}

/** HAProxy reads the address of a socket a second time, whatever the quotes: it expands `$` and cuts at `,`. */
function pathProblems(what: string, path: string): readonly string[] {
  if (!path.startsWith('/')) return [`${what}: ${shown(path)} must be absolute`];
  if (/[$"\\,]/.test(path)) return [`${what}: ${shown(path)} must not hold $ " , or \\`];
  return text(what, path);
}

function text(what: string, value: string): readonly string[] {
  return isQuotable(value)
    ? []
    : [`${what}: ${shown(value)} holds characters that cannot be in a line`];
}

function check(what: string, value: string, pattern: RegExp, rule: string): readonly string[] {
  return pattern.test(value) ? [] : [`${what}: ${shown(value)} must be ${rule}`];
}

function whole(what: string, value: number, least: number, most: number): readonly string[] {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return [];
  return [`${what}: ${value} must be a whole number from ${least} to ${most}`];
}

function shown(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}
