import type { QueueSpec } from '../spec/tasks.ts';

/**
 * How long to wait after the n-th failure (from 1), ms: between 1 and 2 times what doubles from the least, never above
 * the most. `chance` is 0..1.
 */
export function backoffMs(
  { leastMs, mostMs }: QueueSpec['backoff'],
  failures: number,
  chance: number,
): number {
  // 2^30 times a millisecond is twelve days: what is above does not matter.
  const longestMs = Math.min(mostMs, leastMs * 2 ** Math.min(failures, 30));
  return Math.round(Math.min(mostMs, Math.max(leastMs, longestMs * (0.5 + chance / 2))));
}

/**
 * The same for those that broke together, ms: anywhere from a fifteenth of the longest to all of it, so that they do not come
 * back together. The longest is three times what doubles from the least, never above the most.
 */
export function spreadBackoffMs(
  { leastMs, mostMs }: QueueSpec['backoff'],
  breaks: number,
  chance: number,
): number {
  const longestMs = Math.min(mostMs, 3 * leastMs * 2 ** Math.min(breaks - 1, 30));
  return Math.round(longestMs * (1 / 15 + (14 / 15) * chance));
}
