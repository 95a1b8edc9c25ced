import { humanBytes } from '../kit/bytes.ts';
import { DEFAULTS } from './defaults.ts';
import type { Path } from './problem.ts';
import type { Report } from './report.ts';
import type { Config } from './schema/config.ts';
import type { CacheSpec } from './spec.ts';

type GivenRoute = NonNullable<NonNullable<Config['gateway']>['routes']>[number];

/** `route.cache` with its defaults; null: nothing is kept. */
export function resolveCache(given: GivenRoute['cache']): CacheSpec | null {
  if (!given) return null;
  const sizeBytes = given.size ?? DEFAULTS.cache.sizeBytes;
  return {
    ttlMs: given.ttl,
    sizeBytes,
    maxObjectBytes: given.maxObject ?? Math.min(DEFAULTS.cache.maxObjectBytes, sizeBytes / 2),
  };
}

/** HAProxy keeps nothing that would take more than half of the whole. */
export function checkCache({ cache }: GivenRoute, route: Path, report: Report): void {
  const { sizeBytes, maxObjectBytes } = resolveCache(cache) ?? { sizeBytes: 0, maxObjectBytes: 0 };
  if (maxObjectBytes * 2 <= sizeBytes) return;
  const path = [...route, 'cache'];
  report(
    [...path, 'maxObject'],
    `must be at most half of size, which is ${humanBytes(sizeBytes)}`,
    {
      dependsOn: [
        [...path, 'maxObject'],
        [...path, 'size'],
      ],
    },
  );
}
