import { SECOND } from '../../kit/clock.ts';
import type { GatewayTraffic } from '../../gateway/gateway.ts';
import type { Reading } from '../../signals/reading.ts';
import { missing, NOT_APPLICABLE, reading } from '../../signals/reading.ts';

/** The fraction of all requests that were answered 5xx, over the last ten seconds. */
export interface ErrorShare {
  add(traffic: GatewayTraffic): void;
  read(now: number): Reading;
}

const WINDOW_MS = 10 * SECOND;

export function createErrorShare(): ErrorShare {
  let looks: readonly {
    readonly at: number;
    readonly requests: number;
    readonly errors: number;
  }[] = [];
  const trim = (now: number): void => {
    // One from the future comes from a clock that was set back.
    looks = looks.filter(({ at }) => at <= now && now - at < WINDOW_MS);
  };
  return {
    add({ at, services }) {
      trim(at);
      const sum = (key: 'requests' | 'errors'): number =>
        Object.values(services).reduce((all, service) => all + service[key], 0);
      looks = [...looks, { at, requests: sum('requests'), errors: sum('errors') }];
    },
    read(now) {
      trim(now);
      if (looks.length === 0) return missing(null);
      const requests = looks.reduce((all, look) => all + look.requests, 0);
      const errors = looks.reduce((all, look) => all + look.errors, 0);
      return requests === 0 ? NOT_APPLICABLE : reading(errors / requests);
    },
  };
}
