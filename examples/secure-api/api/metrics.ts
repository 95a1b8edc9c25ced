import { cache } from './cache.ts';
import { RECORDS, STATISTICS } from './records.ts';

export interface Metrics {
  readonly hits: number;
  readonly misses: number;
  /** Of all lookups; null before the first. */
  readonly hitRate: number | null;
  readonly entries: number;
  readonly memoryBytes: number;
}

/** Of all replicas together: they count in Redis. */
export async function metrics(): Promise<Metrics> {
  const redis = cache();
  const [counted, memory, entries] = await Promise.all([
    redis.hGetAll(STATISTICS),
    redis.info('memory'),
    countEntries(),
  ]);
  const [hits, misses] = [Number(counted['hits'] ?? 0), Number(counted['misses'] ?? 0)];
  const lookups = hits + misses;
  return {
    hits,
    misses,
    hitRate: lookups === 0 ? null : hits / lookups,
    entries,
    memoryBytes: Number(/used_memory:(\d+)/.exec(memory)?.[1] ?? 0),
  };
}

/** The same as a page for Prometheus. */
export function metricsText({ hits, misses, hitRate, entries, memoryBytes }: Metrics): string {
  return [
    '# TYPE cache_hits_total counter',
    `cache_hits_total ${hits}`,
    '# TYPE cache_misses_total counter',
    `cache_misses_total ${misses}`,
    '# TYPE cache_hit_ratio gauge',
    ...(hitRate === null ? [] : [`cache_hit_ratio ${hitRate}`]),
    '# TYPE cache_entries gauge',
    `cache_entries ${entries}`,
    '# TYPE cache_memory_bytes gauge',
    `cache_memory_bytes ${memoryBytes}`,
    '',
  ].join('\n');
}

async function countEntries(): Promise<number> {
  let entries = 0;
  for await (const keys of cache().scanIterator({ MATCH: `${RECORDS}*`, COUNT: 1_000 })) {
    entries += keys.length;
  }
  return entries;
}
