import type { RouteSpec } from '../../spec/spec.ts';
import type { GatewayState } from '../gateway.ts';
import type { GatewayPaths } from '../plan.ts';
import { clientScheme } from './client-address.ts';
import { DENIED } from './denial.ts';
import { mapText } from './live-maps.ts';
import { EPOCHS_MAP } from './names.ts';
import { argument, commandWord, word } from './quote.ts';
import { ifRoute } from './routes.ts';
import { TAKEN } from './taking.ts';

/**
 * What the gateway keeps of its answers. All of it is in the frontend: a hit goes no further, so it needs no replica, wakes
 * nobody, meets no circuit and is in no service's counters. HAProxy itself honours `Cache-Control`, `Expires`, `Age` and
 * conditional requests, lets a change (POST and the like) drop what was kept for its address, and keeps 200s to GET alone.
 *
 * `txn.cache` is what RFC 9211 calls it: `fwd=miss` (looked up, not there), `fwd=method`, `fwd=request` (the client wants it
 * fresh), `fwd=bypass`, `hit`.
 */
export function anyCached({ gateway }: Pick<GatewayState, 'gateway'>): boolean {
  return cachedRoutes(gateway.routes).length > 0;
}

/** The name of the section that holds what is kept of a route; its number is from 1. */
export function cacheName(routeNumber: number): string {
  return `route-${routeNumber}`;
}

/** One section a cached route. All its memory is taken when the worker starts. */
export function cacheSections({
  gateway,
}: Pick<GatewayState, 'gateway'>): readonly (readonly [title: string, lines: readonly string[]])[] {
  return cachedRoutes(gateway.routes).map(({ cache, number }) => [
    `cache ${cacheName(number)}`,
    [
      `total-max-size ${cache.sizeBytes / MEGABYTE}`,
      `max-object-size ${cache.maxObjectBytes}`,
      `max-age ${Math.floor(cache.ttlMs / 1000)}`,
      'process-vary on',
    ],
  ]);
}

/** A cache must stand before the compression, so that it keeps answers as the service made them. */
export function cacheFilterLines({ gateway }: Pick<GatewayState, 'gateway'>): readonly string[] {
  const routes = cachedRoutes(gateway.routes);
  if (routes.length === 0) return [];
  return [
    ...routes.map(({ number }) => `filter cache ${cacheName(number)}`),
    ...(gateway.compression ? ['filter compression'] : []),
  ];
}

/**
 * The lookup: after everything that may refuse, before a service is chosen, when the headers are as the service will see
 * them. HAProxy's key is the first Host and the address; the route's epoch and the scheme go before the host for that
 * moment. They always do, or a client's own `Host: 7|…` would fill the entries of an epoch to come.
 */
export function cacheLookupLines(state: GatewayState, paths: GatewayPaths): readonly string[] {
  const routes = cachedRoutes(state.gateway.routes);
  if (routes.length === 0) return [];
  const map = argument(mapPath(paths));
  const epoch = `%[var(txn.route),map_int(${map},0)]`;
  // The first that asks would get the answer of a service that has not begun, and the second would do nothing.
  const taken = routes.some(({ async }) => async !== null) ? ` !${TAKEN}` : '';
  const lookedUp = '{ var(txn.cache) -m str fwd=miss fwd=method }';
  return [
    `http-request set-var(txn.cache) str(fwd=miss) if { ${word(`var(txn.route),map_int(${map})`)} -m found } !${DENIED}${taken}`,
    `http-request set-var(txn.cache) str(fwd=method) if ${ASKED} !{ method GET HEAD }`,
    `acl cache-apart req.hdr_names -m reg -- ${word(`(^|,)(${UNKEYED.join('|')})(,|$)`)}`,
    'acl cache-apart req.body_size gt 0',
    // Over HTTP/2 a body may begin later, and nothing but the missing end announces it.
    'acl cache-apart internal.htx.has_eom,not',
    'acl cache-apart var(txn.websocket) -m found',
    'acl cache-apart req.ver 1.0',
    `http-request set-var(txn.cache) str(fwd=bypass) if ${ASKED} cache-apart`,
    'http-request set-var(txn.cache) str(fwd=request) if { var(txn.cache) -m str fwd=bypass } { req.hdr_names -m reg -- (^|,)(cache-control|pragma)(,|$) }',
    // For HAProxy one that names no encoding takes any; most that do not could not read it.
    `http-request set-header accept-encoding identity if ${ASKED} !{ req.fhdr(accept-encoding) -m found }`,
    `http-request set-var(txn.site) req.fhdr(host) if ${lookedUp}`,
    `http-request set-header host ${word(`${epoch}|${clientScheme(state.gateway)}|%[var(txn.site)]`)} if ${lookedUp}`,
    ...routes.map(
      ({ number }) =>
        `http-request cache-use ${cacheName(number)} if { var(txn.route) -m int ${number} } ${lookedUp}`,
    ),
    `http-request set-header host %[var(txn.site)] if ${lookedUp}`,
  ];
}

/**
 * What is kept, decided before anything else is done to the answer: what is added per client must not be kept. HAProxy
 * keeps nothing that says nothing of its age, so the longest is put in for that moment: the section's `max-age` bounds it.
 */
export function cacheStoreLines({ gateway }: Pick<GatewayState, 'gateway'>): readonly string[] {
  const routes = cachedRoutes(gateway.routes);
  if (routes.length === 0) return [];
  return [
    'http-response set-var(txn.cache) str(hit) if { res.cache_hit }',
    'acl cache-own res.hdr(set-cookie) -m found',
    `acl cache-own res.hdr(cache-control) -m sub -i ${UNKEPT.map(word).join(' ')}`,
    'acl cache-varies res.hdr(vary) -m found',
    'acl cache-encoded res.hdr(content-encoding) -m found',
    'acl cache-by-encoding res.hdr(vary) -m str -i accept-encoding',
    'acl cache-one-vary res.hdr_cnt(vary) eq 1',
    `http-response set-var(txn.keep) bool(1) if ${ASKED} !cache-own !cache-varies !cache-encoded || ${ASKED} !cache-own cache-by-encoding cache-one-vary || { var(txn.cache) -m str fwd=method }`,
    `http-response set-header cache-control s-maxage=${LONGEST_S},${OURS} if ${ASKED} { var(txn.keep) -m found } !{ res.hdr(cache-control) -m found } !{ res.hdr(expires) -m found }`,
    ...routes.flatMap(({ number }) =>
      ifRoute(
        `http-response cache-store ${cacheName(number)}`,
        [number],
        ' { var(txn.keep) -m found }',
      ),
    ),
    `http-response del-header cache-control if { var(txn.cache) -m found } { res.hdr(cache-control) -m str ${OURS} }`,
    'http-response add-header cache-status tidegate;\\ %[var(txn.cache)] if { var(txn.cache) -m found }',
  ];
}

/** `epochs.map`: the number of a cached route → its epoch; empty without any. */
export function cacheFiles({
  gateway,
  cacheEpochs,
}: Pick<GatewayState, 'gateway' | 'cacheEpochs'>): Readonly<Record<string, string>> {
  const routes = cachedRoutes(gateway.routes);
  if (routes.length === 0) return {};
  const epochs = routes.map(({ id, number }) => [
    number,
    Object.hasOwn(cacheEpochs, id) ? cacheEpochs[id] : 0,
  ]);
  return { [EPOCHS_MAP]: mapText(Object.fromEntries(epochs) as Record<string, number>) };
}

/**
 * For a worker that has been replaced: it looks nothing up any more, for it is told of no purge. A route is cached while it
 * stands in the map.
 */
export function cacheLeavingCommands(
  state: Pick<GatewayState, 'gateway'>,
  paths: GatewayPaths,
): readonly string[] {
  return anyCached(state) ? [`clear map ${commandWord(mapPath(paths))}`] : [];
}

/** Cached routes with their numbers, from 1. Where there is a token nothing is kept (RFC 9111, 3.5), so nothing is asked. */
export function cachedRoutes(routes: readonly RouteSpec[]): readonly (RouteSpec & {
  readonly cache: NonNullable<RouteSpec['cache']>;
  readonly number: number;
})[] {
  return routes.flatMap((route, index) =>
    route.cache === null || route.auth !== null
      ? []
      : [{ ...route, cache: route.cache, number: index + 1 }],
  );
}

// Private

function mapPath(paths: GatewayPaths): string {
  return `${paths.folder}/${EPOCHS_MAP}`;
}

const MEGABYTE = 2 ** 20;

const ASKED = '{ var(txn.cache) -m str fwd=miss }';

/**
 * HAProxy knows the first forms by the letter alone, and takes a zero in quotes, or behind a blank, for no age at all.
 * Anywhere in a directive: some services put `;` or a blank where the comma belongs.
 */
const UNKEPT = [
  'private',
  'no-cache',
  'no-store',
  'max-age=0',
  's-maxage=0',
  'max-age="0',
  's-maxage="0',
  'max-age =',
  's-maxage =',
];

const LONGEST_S = 2_147_483_647;

/** A directive that no service uses: what carries it goes without it to the client. */
const OURS = 'tidegate-default';

/**
 * Requests with these are not looked up and their answers not kept: the client's own wish, a part only, somebody's alone,
 * a body; or what many frameworks take the host, the path or the method from, none of which is in the key.
 */
const UNKEYED = [
  'cache-control',
  'pragma',
  'authorization',
  'range',
  'transfer-encoding',
  'x[-_]original[-_][a-z_-]*',
  'x[-_]rewrite[-_][a-z_-]*',
  'x[-_]override[-_][a-z_-]*',
  'x[-_](http[-_])?(host|method)([-_]?override)?',
];
