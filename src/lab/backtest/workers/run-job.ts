import { createScaler } from '../create-scaler.ts';
import { replay } from '../replay.ts';
import type { Replay } from '../replay.ts';
import type { Job, Setup } from './job.ts';

/** One replay. */
export function runJob(
  { trace: index, policy, target, scale, seed, timelinePoints }: Job,
  { traces, hold }: Setup,
  onProgress: (done: number) => void,
): Replay {
  const setup = traces[index];
  if (!setup) throw new Error(`there is no trace ${index}`);
  const { trace, multiply, model, tickMs } = setup;
  const scaler = createScaler(policy, target, { trace, multiply, hold, model, tickMs }, scale);
  return replay(trace, model, scaler, {
    seed,
    tickMs,
    warmUpMs: WARM_UP_MS,
    multiply,
    hold,
    timelinePoints,
    onProgress,
  });
}

// Private

/** Whoever is judged has come to the count that the first rate needs, as in the middle of a day. */
const WARM_UP_MS = 10 * 60_000;
