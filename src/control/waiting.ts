import type { Clock } from '../kit/clock.ts';
import { SECOND } from '../kit/clock.ts';

/** Beside `health.startup`: for the spawn before it and the gateway after it. */
export const START_GRACE_MS = 30 * SECOND;

const POLL_MS = 50;

/** Whether so long has passed since; a clock that is set back begins the wait anew. */
export function deadline(clock: Clock, lengthMs: number): () => boolean {
  let since = clock.now();
  return () => {
    since = Math.min(since, clock.now());
    return clock.now() - since >= lengthMs;
  };
}

/** A moment, before one looks again. @throws the signal's reason */
export async function pause(signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  signal.throwIfAborted();
}
