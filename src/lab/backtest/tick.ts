import { durationMs } from './rate.ts';
import type { ServiceModel } from './service-model.ts';
import type { Trace } from './trace.ts';

/** What a tick may last, ms; a second and more: whole seconds, of which a minute has a whole number. */
export const TICKS_MS: readonly number[] = [50, 100, 200, 250, 500, 1_000, 2_000, 5_000];

/**
 * How long a tick is where nobody says: a second; less where replicas start so quickly that to be ready at the end of a tick
 * is late, and more where a long trace says nothing of seconds.
 */
export function tickFor(trace: Trace, { startup }: Pick<ServiceModel, 'startup'>): number {
  const lastsMs = durationMs(trace);
  const fine = TICKS_MS.filter((tickMs) => tickMs < USUAL_MS && lastsMs / tickMs <= SOME_TICKS);
  const quickMs = startup.medianMs / TICKS_A_START;
  if (quickMs < USUAL_MS && fine.length > 0)
    return fine.findLast((tickMs) => tickMs <= quickMs) ?? (fine[0] as number);
  if (trace.stepMs < COARSE_STEP_MS) return USUAL_MS;
  const longer = TICKS_MS.filter((tickMs) => tickMs >= USUAL_MS);
  return longer.find((tickMs) => lastsMs / tickMs <= MANY_TICKS) ?? Math.max(...longer);
}

// Private

const USUAL_MS = 1_000;
/** On average a start ends half a tick later than it was drawn: 2.5 % of it. */
const TICKS_A_START = 20;
/** Between rates so far apart the load goes in a straight line: two seconds of it are as one. */
const COARSE_STEP_MS = 300_000;
/** With one policy some two seconds of one core. */
const SOME_TICKS = 400_000;
/** And some ten to twenty. */
const MANY_TICKS = 4_000_000;
