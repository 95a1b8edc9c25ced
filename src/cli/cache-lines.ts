import { humanBytes } from '../kit/bytes.ts';
import type { CacheStatus } from '../web/contract.ts';
import { percentText } from './numbers.ts';

/** A line for each route with a cache: how much it spares the services, and what it takes. */
export function cacheLines(caches: readonly CacheStatus[]): readonly string[] {
  return caches.map(({ route, hits, misses, hitRate, sizeBytes, maxBytes }) => {
    const asked = hits + misses;
    const found =
      hitRate === null
        ? 'nothing was asked for yet'
        : `${percentText(hitRate)} of ${asked} ${asked === 1 ? 'request' : 'requests'} found`;
    const size =
      sizeBytes === null
        ? humanBytes(maxBytes)
        : `${humanBytes(sizeBytes)} of ${humanBytes(maxBytes)}`;
    return `cache ${route}  ${found}, ${size}`;
  });
}
