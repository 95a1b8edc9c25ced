import type { GatewayService, GatewayState } from '../gateway.ts';
import type { GatewayPaths } from '../plan.ts';
import { markDenied, type DenialPage } from './denial.ts';
import { mapText } from './live-maps.ts';
import { DRAIN_MAP, backendName } from './names.ts';
import { argument, word } from './quote.ts';
import { ifRoute } from './routes.ts';
import type { NumberedRoute } from './routes.ts';

/** Of requests that may have to wait long. */
export const QUEUED = '{ var(txn.drain) -m found }';

/** The line that looks how many wait; as long as that is few it is the only one that a request meets. */
export function sheddingLookLines(
  { spec }: Pick<GatewayService, 'spec'>,
  routes: readonly NumberedRoute[],
  paths: GatewayPaths,
): readonly string[] {
  const { name, concurrency } = spec;
  if (concurrency === null || routes.length === 0) return [];
  const backend = backendName(name);
  const rate = `str(${backend}),map_str_int(${argument(`${paths.folder}/${DRAIN_MAP}`)},0)`;
  return [
    `http-request set-var(txn.drain) ${word(rate)} if { queue(${backend}) gt ${concurrency} }`,
  ];
}

/**
 * Marks, to be refused at once, what would wait in vain: where more wait than the ready replicas can take up well within
 * the route's timeout. As long as no more wait than one replica takes at a time nothing is asked at all, and nothing is refused.
 */
export function sheddingLines(
  { spec }: Pick<GatewayService, 'spec'>,
  routes: readonly NumberedRoute[],
): readonly string[] {
  const { name, concurrency, breaker } = spec;
  if (concurrency === null || routes.length === 0) return [];
  // The one request of a trial does not wait with the others; were it refused nobody would be tried while many wait.
  const others = breaker ? ' !{ var(txn.turn) -m int 1 }' : '';
  return [
    // The map has requests in a thousand seconds, so this is how many ms the queue takes to drain.
    `http-request set-var(txn.drains) queue(${backendName(name)}),mul(1000000),div(txn.drain) if { var(txn.drain) -m int gt 0 }`,
    ...timeoutsOf(routes).flatMap(([timeoutMs, numbers, all]) => {
      const tooLong = `{ var(txn.drains) -m int gt ${Math.floor(timeoutMs * HOPEFUL)} }${others}`;
      return all
        ? [markDenied('overload', tooLong)]
        : ifRoute('http-request set-var(txn.denied) str(overload)', numbers, ` ${tooLong}`);
    }),
  ];
}

/** The answer to what `sheddingLines` marks. */
export function sheddingPages(
  { spec }: Pick<GatewayService, 'spec'>,
  routes: readonly NumberedRoute[],
): readonly DenialPage[] {
  if (spec.concurrency === null || routes.length === 0) return [];
  return [
    {
      denial: 'overload',
      status: 503,
      detail: 'More requests wait than can be answered in time. Try again later.',
      headers: [['Retry-After', '%[var(txn.drains),add(999),div(1000)]']],
    },
  ];
}

/** `drain.map`: requests that each service completes in a thousand seconds when it is full; 0: not known. */
export function sheddingFiles({ services }: GatewayState): Readonly<Record<string, string>> {
  const rates = Object.entries(services).flatMap(([name, { spec, drainRate }]) =>
    spec.concurrency === null
      ? []
      : [[backendName(name), Math.max(0, Math.round((drainRate ?? 0) * 1_000))] as const],
  );
  return rates.length === 0 ? {} : { [DRAIN_MAP]: mapText(Object.fromEntries(rates)) };
}

// Private

/**
 * The rate may be off by a tenth and is the mean of an uneven service: who waits up to the last moment of its timeout is
 * refused after all, and then it is an error.
 */
const HOPEFUL = 0.8;

/** Each timeout with the routes that have it, and whether those are all. */
function timeoutsOf(
  routes: readonly NumberedRoute[],
): readonly (readonly [timeoutMs: number, numbers: readonly number[], all: boolean])[] {
  const timeouts = [...new Set(routes.map(({ route }) => route.timeoutMs))];
  return timeouts.map((timeoutMs) => [
    timeoutMs,
    routes.filter(({ route }) => route.timeoutMs === timeoutMs).map(({ number }) => number),
    timeouts.length === 1,
  ]);
}
