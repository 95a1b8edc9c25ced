import { NO_USE, type CacheUse } from './cache-use.ts';
import type { CacheTraffic } from './gateway.ts';
import { cacheName, cachedRoutes } from './render/cache.ts';
import type { GatewayState } from './gateway.ts';

/** What sampled log lines say of one route's cache, each with its weight. */
export interface LoggedCache {
  readonly hits: number;
  readonly misses: number;
}

export interface Looked {
  /** Of all caches together, exact. */
  readonly use: CacheUse;
  /** By route, from samples. */
  readonly logged: ReadonlyMap<string, LoggedCache>;
  /** By name of the cache; null: not looked at. */
  readonly sizes: ReadonlyMap<string, number> | null;
}

export interface CacheCounter {
  /** Hits and misses of each cached route since the previous call. */
  take(state: Pick<GatewayState, 'gateway'>, looked: Looked): readonly CacheTraffic[];
}

/**
 * HAProxy counts all caches in one number; what part of it is whose is known from samples. The sum is exact. What no
 * sample has spoken for yet is kept for the next look, since lines come a little after the counters.
 */
export function createCacheCounter(): CacheCounter {
  let left = NO_USE;
  return {
    take(state, { use, logged, sizes }) {
      const routes = cachedRoutes(state.gateway.routes);
      const misses = use.lookups - use.hits;
      const due = { hits: left.hits + use.hits, misses: left.lookups - left.hits + misses };
      const hits = shares(
        due.hits,
        routes.map(({ id }) => logged.get(id)?.hits ?? 0),
      );
      const missed = shares(
        due.misses,
        routes.map(({ id }) => logged.get(id)?.misses ?? 0),
      );
      const restHits = due.hits - sum(hits);
      left = { hits: restHits, lookups: restHits + due.misses - sum(missed) };
      if (routes.length === 0) left = NO_USE;
      return routes.map(({ id, number }, index) => ({
        route: id,
        hits: hits[index] ?? 0,
        misses: missed[index] ?? 0,
        sizeBytes: sizes?.get(cacheName(number)) ?? null,
      }));
    },
  };
}

// Private

/** Whole parts of `total` by weight, all of it; nothing while nobody has any weight, unless there is but one. */
function shares(total: number, weights: readonly number[]): readonly number[] {
  if (weights.length === 1) return [total];
  const whole = sum(weights);
  let given = 0;
  let passed = 0;
  return weights.map((weight) => {
    passed += weight;
    const until = whole === 0 ? 0 : Math.round((total * passed) / whole);
    const part = until - given;
    given = until;
    return part;
  });
}

function sum(values: readonly number[]): number {
  return values.reduce((all, value) => all + value, 0);
}
