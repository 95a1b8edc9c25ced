import { FRONTEND } from './render/names.ts';

/** Requests that were looked up in any cache, and those of them that were found. */
export interface CacheUse {
  readonly lookups: number;
  readonly hits: number;
}

export const NO_USE: CacheUse = { lookups: 0, hits: 0 };

/** What a worker's statistics say of all its caches together, since it started; null: they are not in this text. */
export function parseCacheUse(stat: string): CacheUse | null {
  const start = stat.indexOf(`\n${FRONTEND},FRONTEND,`);
  if (start < 0) return null;
  const titles = stat.slice(0, stat.indexOf('\n')).split(',');
  const fields = stat.slice(start + 1, endOfLine(stat, start + 1)).split(',');
  const value = (title: string): number => Number(fields[titles.indexOf(title)]) || 0;
  return { lookups: value('cache_lookups'), hits: value('cache_hits') };
}

/** `sum` and what a worker's counters have grown by; counters that went down were reset and are all new. */
export function addUse(sum: CacheUse, before: CacheUse, now: CacheUse): CacheUse {
  const { lookups, hits } = now.lookups < before.lookups ? NO_USE : before;
  return { lookups: sum.lookups + now.lookups - lookups, hits: sum.hits + now.hits - hits };
}

// Private

function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end;
}
