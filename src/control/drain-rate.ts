import type { GatewayTraffic, ServedRequests } from '../gateway/gateway.ts';

/** How long replicas are busy with a request, as far as it is known. */
export interface BusyEstimate {
  /** Requests and their time, each worth less the longer ago it ended. */
  readonly requests: number;
  readonly busyMs: number;
  /** The mean the gateway was told last; null: none, and nothing is shed. */
  readonly toldMs: number | null;
}

export const UNKNOWN: BusyEstimate = { requests: 0, busyMs: 0, toldMs: null };

/** What is known after another look at what has ended within `spanMs`. */
export function afterLook(
  { requests: before, busyMs: beforeMs, toldMs }: BusyEstimate,
  served: ServedRequests,
  spanMs: number,
): BusyEstimate {
  const kept = 0.5 ** (spanMs / HALF_LIFE_MS);
  const requests = before * kept + served.requests;
  const busyMs = beforeMs * kept + served.busyMs;
  if (requests < FORGOTTEN) return UNKNOWN;
  const meanMs = Math.max(LEAST_MEAN_MS, busyMs / requests);
  const news = toldMs === null ? requests >= ENOUGH : Math.abs(meanMs / toldMs - 1) > WORTH_TELLING;
  return { requests, busyMs, toldMs: news ? meanMs : toldMs };
}

/** Requests a second that so many replicas complete when they are full; null: not known. */
export function drainRate(
  { toldMs }: BusyEstimate,
  concurrency: number | null,
  ready: number,
): number | null {
  if (toldMs === null || concurrency === null || ready === 0) return null;
  return (concurrency * ready * 1_000) / toldMs;
}

export interface DrainRates {
  /** Whether the gateway is to be told something new. */
  collected(traffic: GatewayTraffic | null): boolean;
  /** See `drainRate`; with the replicas as they are now. */
  of(service: string, concurrency: number | null, ready: number): number | null;
}

/** Follows all services. Where the gateway is silent, what is known stays. */
export function createDrainRates(): DrainRates {
  let estimates: ReadonlyMap<string, BusyEstimate> = new Map();
  return {
    collected(traffic) {
      if (traffic === null) return false;
      const before = estimates;
      const of = (service: string): BusyEstimate => before.get(service) ?? UNKNOWN;
      estimates = new Map(
        Object.entries(traffic.services).map(([service, { served }]) => [
          service,
          afterLook(of(service), served, traffic.spanMs),
        ]),
      );
      return [...estimates].some(([service, { toldMs }]) => toldMs !== of(service).toldMs);
    },
    of: (service, concurrency, ready) =>
      drainRate(estimates.get(service) ?? UNKNOWN, concurrency, ready),
  };
}

// Private

/** Short enough for a deploy that makes a service faster or slower, long enough for an uneven second. */
const HALF_LIFE_MS = 15_000;

/** Requests to judge by, and so few that what they say is too old: some minute after the last one of many. */
const ENOUGH = 5;
const FORGOTTEN = 1;

/** A map is not told anew each second for a few percent. */
const WORTH_TELLING = 0.1;

/** Times in the log are whole milliseconds; what takes none would drain any queue at once. */
const LEAST_MEAN_MS = 0.1;
