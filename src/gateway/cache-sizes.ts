import type { RuntimeSocket } from './runtime-socket.ts';

/** Looks at how much memory the kept answers take, now and then: HAProxy lists every one of them for that. */
export interface CacheSizes {
  /** Bytes by name of the cache; null: not looked at this time. @throws TidegateError GATEWAY_SILENT, GATEWAY_COMMAND_FAILED */
  look(runtime: Pick<RuntimeSocket, 'ask'>): Promise<ReadonlyMap<string, number> | null>;
}

/** `nowMs` is any clock that only goes forward. */
export function createCacheSizes(nowMs: () => number): CacheSizes {
  let nextAtMs = -Infinity;
  return {
    async look(runtime) {
      const askedAtMs = nowMs();
      if (askedAtMs < nextAtMs) return null;
      try {
        return parseCaches(await runtime.ask('show cache'));
      } finally {
        nextAtMs = nowMs() + Math.max(LEAST_PAUSE_MS, PAUSE_FACTOR * (nowMs() - askedAtMs));
      }
    },
  };
}

/** Reads `show cache`: a line a cache, then one for each answer in it that is not too old. */
export function parseCaches(text: string): ReadonlyMap<string, number> {
  const sizes = new Map<string, number>();
  let name = '';
  for (const [, cache, blocks] of text.matchAll(
    /^0x[0-9a-f]+(?:: (\S+) \(|.* \((\d+) blocks\))/gm,
  )) {
    if (cache !== undefined) sizes.set((name = cache), 0);
    else sizes.set(name, (sizes.get(name) ?? 0) + Number(blocks) * BLOCK_BYTES);
  }
  return sizes;
}

// Private

/** HAProxy keeps answers in pieces of this size. */
const BLOCK_BYTES = 1024;

const LEAST_PAUSE_MS = 5_000;

/** At most this fraction of the time is spent looking: a full cache of 64 MB may hold 65,000 answers. */
const PAUSE_FACTOR = 100;
