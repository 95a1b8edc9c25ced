import type { CountBy, RateLimitSpec } from '../../spec/spec.ts';
import type { GatewayService, GatewayState } from '../gateway.ts';
import type { GatewayPaths } from '../plan.ts';
import { DENIED, markDenied, type DenialPage } from './denial.ts';
import { claimVariable } from './identity-claims.ts';
import { mapText } from './live-maps.ts';
import { LIMITS_MAP } from './names.ts';
import { argument, word } from './quote.ts';

/** Callers remembered by each limit; where there are more, those that were quiet longest are forgotten. */
const CALLERS = 100_000;

/** Bytes of a SHA-1: a long header or claim must not share a cut key with another. */
const DIGEST_BYTES = 20;

/**
 * Marks what is above a limit, to be refused. The gateway's limit and the route's are both asked before either counts, so that what is
 * refused costs nobody anything.
 */
export function rateLimitLines(state: GatewayState, paths: GatewayPaths): readonly string[] {
  const limits = limitsOf(state);
  if (limits.length === 0) return [];
  const counters = [...new Set(limits.map(({ counter }) => counter))];
  return [
    ...limits.flatMap((limit) => trackLines(limit)),
    ...limits.flatMap((limit) => overLines(limit, paths)),
    markDenied('rate-limit', `{ var(txn.over) -m found } !${DENIED}`),
    ...counters.map((counter) => `http-request sc-inc-gpc0(${counter}) unless ${DENIED}`),
  ];
}

/** The answer to what `rateLimitLines` marks. */
export function rateLimitPages(state: GatewayState, paths: GatewayPaths): readonly DenialPage[] {
  if (limitsOf(state).length === 0) return [];
  const window = `%[var(txn.over),concat(${WINDOW}),map_str_int(${mapArgument(paths)},1)]`;
  const quota = `%[var(txn.over),map_str_int(${mapArgument(paths)},1)]`;
  return [
    {
      denial: 'rate-limit',
      status: 429,
      detail: 'Too many requests. Try again later.',
      headers: [
        ['Retry-After', word(window)],
        ['RateLimit', word(`"%[var(txn.over)]";r=0;t=${window}`)],
        ['RateLimit-Policy', word(`"%[var(txn.over)]";q=${quota};w=${window}`)],
      ],
    },
  ];
}

/** A table for each limit: who has been accepted how often. */
export function rateLimitSections(
  state: GatewayState,
): readonly (readonly [title: string, lines: readonly string[]])[] {
  return limitsOf(state).map(({ name, spec: { per, requests, windowMs, followCapacity } }) => {
    const type = per.kind === 'ip' ? 'ipv6' : `binary len ${DIGEST_BYTES}`;
    // HAProxy takes a rate of one for going on until a second period is over without another.
    const periodMs = requests === 1 && !followCapacity ? Math.ceil(windowMs / 2) : windowMs;
    return [
      `backend ${tableName(name)}`,
      [
        `stick-table type ${type} size ${CALLERS} expire ${2 * windowMs + 1_000}ms store gpc0_rate(${periodMs}ms)`,
      ],
    ];
  });
}

/** `limits.map`: the limits in force and their windows in seconds; what follows the capacity changes at runtime. */
export function rateLimitFiles(state: GatewayState): Readonly<Record<string, string>> {
  const limits = limitsOf(state);
  if (limits.length === 0) return {};
  const entries = limits.flatMap(({ name, spec, services }) => [
    [name, limitInForce(spec, services)] as const,
    [`${name}${WINDOW}`, Math.ceil(spec.windowMs / 1_000)] as const,
  ]);
  return { [LIMITS_MAP]: mapText(Object.fromEntries(entries)) };
}

/**
 * Requests accepted in a window, now: with `followCapacity` in proportion to the ready replicas, all services of the limit
 * together. Where none is ready it is what one would get: the answer is an error or a wait then, and not a 429.
 */
export function limitInForce(
  { requests, followCapacity }: Pick<RateLimitSpec, 'requests' | 'followCapacity'>,
  services: readonly Pick<GatewayService, 'leastReplicas' | 'servers'>[],
): number {
  if (!followCapacity) return requests;
  const ready = sum(
    services.map(({ servers }) => servers.filter(({ state }) => state === 'ready').length),
  );
  const least = sum(services.map(({ leastReplicas }) => leastReplicas));
  return Math.max(1, Math.round((requests * Math.max(1, ready)) / Math.max(1, least)));
}

// Private

interface Limit {
  /** Names the table, the entry of the map and the policy that clients are told. */
  readonly name: string;
  readonly spec: RateLimitSpec;
  /** Of HAProxy's three. */
  readonly counter: 0 | 1;
  /** For which requests it holds, as a condition; empty: all. */
  readonly when: string;
  /** Whether some of them may have been refused before. */
  readonly guarded: boolean;
  readonly services: readonly GatewayService[];
}

const WINDOW = ':window';

function limitsOf({ gateway, services }: GatewayState): readonly Limit[] {
  const answering = (routes: GatewayState['gateway']['routes']): readonly GatewayService[] =>
    [...new Set(routes.flatMap((route) => route.services.map(({ service }) => service)))].flatMap(
      (name) => services[name] ?? [],
    );
  const whole = gateway.rateLimit && {
    name: 'gateway',
    spec: gateway.rateLimit,
    counter: 0 as const,
    when: '',
    guarded: gateway.routes.some(({ auth }) => auth !== null),
    services: answering(gateway.routes),
  };
  const own = gateway.routes.flatMap((route, index): Limit[] =>
    route.rateLimit
      ? [
          {
            name: `route-${index + 1}`,
            spec: route.rateLimit,
            counter: 1,
            when: `{ var(txn.route) -m int ${index + 1} }`,
            guarded: route.auth !== null,
            services: answering([route]),
          },
        ]
      : [],
  );
  return whole ? [whole, ...own] : own;
}

/**
 * The first key that is there counts: once a counter has an entry, HAProxy passes over further lines for it. Nobody who is
 * refused takes the place of another caller in the table.
 */
function trackLines({ name, spec, counter, when, guarded }: Limit): readonly string[] {
  const passed = guarded ? `!${DENIED}` : '';
  return keysOf(spec.per).map(([key, there = '']) => {
    const conditions = [when, passed, there].filter((condition) => condition !== '').join(' ');
    return `http-request track-sc${counter} ${word(key)} table ${tableName(name)}${conditions && ` if ${conditions}`}`;
  });
}

/** Who has IPv6 has a whole /64 of addresses; IPv4 that looks like IPv6 is taken for what it is. */
const ADDRESS = 'src,ipmask(32,64)';

/**
 * What is asked of a request, best first, and when it is there. An address is no digest: whoever sends the bytes of another's
 * in a header would use up what that one may send.
 */
function keysOf(per: CountBy): readonly (readonly [key: string, there?: string])[] {
  if (per.kind === 'ip') return [[ADDRESS]];
  const value = per.kind === 'header' ? `req.fhdr(${per.name})` : `var(${claimVariable(per.name)})`;
  return [[`${value},sha1`, `{ ${value} -m len gt 0 }`], [`${ADDRESS},hex`]];
}

function overLines({ name, spec, counter, when }: Limit, paths: GatewayPaths): readonly string[] {
  const over = `http-request set-var(txn.over) str(${name}) if ${when}${when && ' '}`;
  if (!spec.followCapacity) return [`${over}{ sc${counter}_gpc0_rate ge ${spec.requests} }`];
  const inForce = word(`str(${name}),map_str_int(${mapArgument(paths)},${spec.requests})`);
  return [
    `http-request set-var(txn.most) ${inForce}${when && ` if ${when}`}`,
    `${over}{ sc${counter}_gpc0_rate,sub(txn.most) ge 0 }`,
  ];
}

function tableName(limit: string): string {
  return `:limit-${limit}`;
}

function mapArgument(paths: GatewayPaths): string {
  return argument(`${paths.folder}/${LIMITS_MAP}`);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
