import type { Clock } from '../../kit/clock.ts';
import type { HealthSpec } from '../../spec/spec.ts';
import { exited, neverReady, portStolen } from '../errors.ts';
import { untilAnswering } from './health.ts';
import { portsOfReplica, thiefOf } from './listener.ts';
import { tailOf } from './logs.ts';
import type { Replica } from './replicas.ts';

/** @throws TidegateError NEVER_READY, EXITED, PORT_STOLEN, or the signal's reason */
export async function untilHealthy(
  replica: Replica,
  health: HealthSpec,
  clock: Clock,
  signal: AbortSignal,
  onUnhealthy: (seen: string) => void,
): Promise<void> {
  const { id, address, startedAt } = replica.running;
  const ageMs = clock.now() - startedAt;
  const late = new AbortController();
  let seen: string | null = null;
  // One that was adopted may be older than that and is healthy all the same: it is asked once.
  const leastMs = replica.adopted ? health.timeoutMs : 0;
  const timer = setTimeout(() => late.abort(), Math.max(leastMs, health.startupMs - ageMs));
  try {
    const any = AbortSignal.any([signal, replica.ended.signal, late.signal]);
    await untilAnswering(address, health, ageMs, any, (unhealthy) => {
      if (unhealthy !== seen) onUnhealthy(unhealthy);
      seen = unhealthy;
    });
    // Somebody else may answer on the port of a replica that has just ended, or that has not come to listen yet.
    replica.ended.signal.throwIfAborted();
    refuseThief(replica);
  } catch (thrown) {
    signal.throwIfAborted();
    const lastLines = await tailOf(replica.log, LINES_IN_ERRORS);
    // The thief is the reason, whatever became of a program that found its port taken.
    if (replica.exit || late.signal.aborted) refuseThief(replica);
    if (replica.exit) throw exited(id, replica.exit, lastLines);
    if (late.signal.aborted)
      throw neverReady(id, address.port, health, portsOfReplica(replica), seen, lastLines);
    throw thrown;
  } finally {
    clearTimeout(timer);
  }
}

// Private

const LINES_IN_ERRORS = 20;

/** @throws TidegateError PORT_STOLEN */
function refuseThief(replica: Replica): void {
  const { id, address } = replica.running;
  const thief = thiefOf(replica);
  if (thief) throw portStolen(id, address.port, thief);
}
