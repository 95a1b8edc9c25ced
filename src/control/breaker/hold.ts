import { SECOND } from '../../kit/clock.ts';

/** How long something is held back the first time, and at most; it doubles in between. */
export interface HoldTimes {
  readonly firstMs: number;
  readonly longestMs: number;
}

/** The hold of the `times`-th time in a row, from 1. */
export function holdMs(times: number, { firstMs, longestMs }: HoldTimes): number {
  return times === 0 ? 0 : Math.min(longestMs, firstMs * 2 ** Math.min(30, times - 1));
}

/** What is remembered of holds that are over. */
export interface HoldRecord {
  /** Holds that are not forgotten: the next one is longer for each. */
  readonly times: number;
  /** ms since the epoch: since when it has been fine, or was last forgiven. */
  readonly fineSince: number;
}

/** One hold more to remember; more than make the longest would only take longer to be forgotten. */
export function onceMore(times: number, holds: HoldTimes): number {
  return holdMs(times, holds) >= holds.longestMs ? times : times + 1;
}

/** Each time it has been fine for as long as it was last held back, and half a minute at least, one hold is forgotten. */
export function forgiven(
  { times, fineSince }: HoldRecord,
  now: number,
  holds: HoldTimes,
): HoldRecord {
  const since = Math.min(fineSince, now);
  if (times === 0) return { times, fineSince: since };
  if (now - since < Math.max(LEAST_FINE_MS, holdMs(times, holds)))
    return { times, fineSince: since };
  return { times: times - 1, fineSince: now };
}

// Private

const LEAST_FINE_MS = 30 * SECOND;
