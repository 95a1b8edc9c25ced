import { MINUTE, SECOND } from '../../kit/clock.ts';
import type { ReplicaMemory, SeenReplica } from './ejection.ts';

export const TRIAL_FAILED = 'a request it was tried with failed';

/**
 * One ejected replica is tried at a time, those first whose hold ended first; who got no request for a while waits behind
 * the others. Returns the last number used.
 */
export function giveTrial(
  seen: readonly SeenReplica[],
  replicas: ReadonlyMap<string, ReplicaMemory>,
  put: (id: string, differs: Partial<ReplicaMemory>) => void,
  { now, may, number }: { readonly now: number; readonly may: boolean; readonly number: number },
): number {
  for (const { id, healthy, inFlight } of seen) {
    const ejected = replicas.get(id)?.ejected;
    if (!ejected?.trial) continue;
    if (healthy && may && !isLost(ejected.trial.since, inFlight, now)) return number;
    put(id, { ejected: { ...ejected, untilAt: now, trial: null } });
  }
  if (!may) return number;
  const waiting = seen.flatMap(({ id, healthy }) => {
    const ejected = replicas.get(id)?.ejected;
    return healthy && ejected && ejected.untilAt <= now ? [{ id, ejected }] : [];
  });
  const [next] = waiting.sort((a, b) => a.ejected.untilAt - b.ejected.untilAt);
  if (!next) return number;
  put(next.id, { ejected: { ...next.ejected, trial: { number: number + 1, since: now } } });
  return number + 1;
}

/**
 * Whether a request that was let through is not waited for any longer: it may have come to nobody, as when its client
 * left. What is in service may be that request, or an old stream.
 */
export function isLost(since: number, inFlight: number, now: number): boolean {
  return now - since >= (inFlight > 0 ? BUSY_TRIAL_MS : TRIAL_MS);
}

// Private

const TRIAL_MS = 10 * SECOND;
const BUSY_TRIAL_MS = MINUTE;
