import { durationMs } from './rate.ts';
import type { Trace } from './trace.ts';

/** What a tick may last, ms; a second and more: whole seconds, of which a minute has a whole number. */
export const TICKS_MS: readonly number[] = [50, 100, 200, 250, 500, 1_000, 2_000, 5_000];

/** How long a tick is where nobody says: a second, and more where a long trace says nothing of seconds. */
export function tickFor(trace: Trace): number {
  if (trace.stepMs < COARSE_STEP_MS) return USUAL_MS;
  const longer = TICKS_MS.filter((tickMs) => tickMs >= USUAL_MS);
  return longer.find((tickMs) => durationMs(trace) / tickMs <= MANY_TICKS) ?? Math.max(...longer);
}

// Private

const USUAL_MS = 1_000;
/** Between rates so far apart the load goes in a straight line: two seconds of it are as one. */
const COARSE_STEP_MS = 300_000;
/** With one policy some ten to twenty seconds of one core. */
const MANY_TICKS = 4_000_000;
