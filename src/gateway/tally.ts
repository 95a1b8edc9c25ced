import {
  addLatency,
  createHistogram,
  mergeInto,
  type LatencyHistogram,
  type MutableHistogram,
} from '../signals/histogram.ts';
import type { AccessLine } from './access-line.ts';
import type { LoggedCache } from './cache-traffic.ts';
import type { RouteTraffic, ServedRequests } from './gateway.ts';
import { FRONTEND } from './render/names.ts';

/** What the log lines of one interval add up to. */
export interface Tallied {
  readonly services: ReadonlyMap<string, LatencyHistogram>;
  readonly routes: readonly RouteTraffic[];
  /** By route, of those whose answers are kept. */
  readonly caches: ReadonlyMap<string, LoggedCache>;
  /** By service: what its replicas were busy with. */
  readonly served: ReadonlyMap<string, ServedRequests>;
  /** Requests that the gateway answered before a service was chosen. */
  readonly unserved: number;
}

export const NONE_SERVED: ServedRequests = { requests: 0, busyMs: 0 };

export interface Tally {
  add(line: AccessLine): void;
  /** Hands over what has come in since the previous call. */
  take(): Tallied;
}

/** Adds up sampled requests by service, route and code; each stands for as many as its weight says. */
export function createTally(): Tally {
  let routes = new Map<string, OpenRoute>();
  let caches = new Map<string, LoggedCache>();
  let served = new Map<string, ServedRequests>();
  let unserved = 0;

  return {
    add({ service, route, code, denial, cache, weight, latencyMs, busyMs }) {
      if (service === FRONTEND) unserved += weight;
      if (busyMs !== null) {
        const sum = served.get(service) ?? NONE_SERVED;
        served.set(service, {
          requests: sum.requests + weight,
          busyMs: sum.busyMs + weight * busyMs,
        });
      }
      if (route === null) return;
      if (cache !== null) {
        const { hits, misses } = caches.get(route) ?? { hits: 0, misses: 0 };
        const hit = cache === 'hit' ? weight : 0;
        caches.set(route, { hits: hits + hit, misses: misses + weight - hit });
      }
      const key = `${code} ${denial} ${service} ${route}`;
      let row = routes.get(key);
      if (!row) {
        row = { service, route, code, denial, requests: 0, latency: createHistogram() };
        routes.set(key, row);
      }
      row.requests += weight;
      if (latencyMs !== null) addLatency(row.latency, latencyMs, weight);
    },
    take() {
      const taken = { routes: [...routes.values()], caches, served, unserved };
      routes = new Map();
      caches = new Map();
      served = new Map();
      unserved = 0;
      const services = new Map<string, MutableHistogram>();
      for (const { service, latency } of taken.routes) {
        let sum = services.get(service);
        if (!sum) services.set(service, (sum = createHistogram()));
        mergeInto(sum, latency);
      }
      return { services, ...taken };
    },
  };
}

// Private

interface OpenRoute extends RouteTraffic {
  requests: number;
  readonly latency: MutableHistogram;
}
