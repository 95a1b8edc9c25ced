import { HOUR, MINUTE, SECOND } from '../../kit/clock.ts';

/** What Standard Webhooks suggests: over about a day, then nobody listens any more. */
const WAITS_MS = [
  5 * SECOND,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  10 * HOUR,
] as const;
const JITTER = 0.2;

/** How long after so many failed attempts (from 1) the next one is made; null: none is. `random` is from 0 to 1. */
export function waitMsAfter(
  attempts: number,
  random: number,
  waitsMs: readonly number[] = WAITS_MS,
): number | null {
  const waitMs = waitsMs[attempts - 1];
  return waitMs === undefined ? null : Math.round(waitMs * (1 - JITTER + 2 * JITTER * random));
}
