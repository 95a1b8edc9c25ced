import { MINUTE } from '../../kit/clock.ts';
import type { Evidence } from './evidence.ts';
import type { Finding } from './finding.ts';

const LEAST_LOOKS = 1000;
const LEAST_MS = 30 * MINUTE;
const USELESS = 0.05;

/** The caches that hardly ever have what is asked for. */
export function uselessCaches({ caches, now }: Evidence): readonly Finding[] {
  return caches.flatMap(({ route, hits, misses, from }): Finding[] => {
    const looked = hits + misses;
    if (looked < LEAST_LOOKS || now - from < LEAST_MS || hits / looked >= USELESS) return [];
    return [{ kind: 'cache', route, hits, looked, from, to: now }];
  });
}
