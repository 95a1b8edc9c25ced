import type { Clock } from '../kit/clock.ts';
import type { GatewayState } from '../gateway/gateway.ts';
import { nearest } from '../spec/nearest.ts';
import type { GatewaySpec } from '../spec/spec.ts';
import type { FactStore } from '../state/store.ts';
import type { ControlEvent } from './control.ts';
import { purgeNotTold, unknownCache } from './errors.ts';

export interface CachePurge {
  /** See `GatewayState`. */
  epochs(): GatewayState['cacheEpochs'];
  /**
   * Forgets what the gateway keeps of a route, or of all (null); returns the routes, none where no route has a cache.
   * @throws TidegateError UNKNOWN_CACHE (nothing was purged), PURGE_NOT_TOLD (it will be, as soon as the gateway answers)
   */
  purge(route: string | null): Promise<readonly string[]>;
}

export interface CachePurgeDeps {
  readonly clock: Clock;
  readonly facts: FactStore;
  readonly gateway: () => GatewaySpec;
  readonly publish: () => Promise<boolean>;
  readonly emit: (event: ControlEvent) => void;
}

/**
 * What is kept under a number that is no longer a route's is never served again. The number is written down first, so that
 * no later control plane says an old one.
 */
export function createCachePurge(deps: CachePurgeDeps): CachePurge {
  const { clock, facts, emit } = deps;
  let epochs = epochsFrom(facts.get(EPOCHS_FACT));
  return {
    epochs: () => epochs,
    async purge(route) {
      const cached = deps.gateway().routes.flatMap(({ id, cache }) => (cache ? [id] : []));
      if (route !== null && !cached.includes(route)) {
        throw unknownCache(route, cached, nearest(route, cached));
      }
      const purged = route === null ? cached : [route];
      if (purged.length === 0) return [];
      const next = Object.fromEntries(purged.map((id) => [id, (epochs[id] ?? 0) + 1]));
      const all = { ...epochs, ...next };
      facts.set(EPOCHS_FACT, all);
      epochs = all;
      if (!(await deps.publish())) throw purgeNotTold(purged);
      emit({ kind: 'cache', at: clock.now(), purged });
      return purged;
    },
  };
}

// Private

const EPOCHS_FACT = 'cache-epochs';

/** Route → epoch; anything else in the fact is not ours. */
function epochsFrom(fact: unknown): GatewayState['cacheEpochs'] {
  const entries = Object.entries(typeof fact === 'object' && fact !== null ? fact : {});
  return Object.fromEntries(
    entries.filter((entry): entry is [string, number] => Number.isSafeInteger(entry[1])),
  );
}
