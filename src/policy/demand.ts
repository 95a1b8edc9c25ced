import type { Reading } from '../signals/reading.ts';
import type { QueueFlow, Signals } from '../signals/snapshot.ts';
import type { PolicyMemory, Reason } from './decision.ts';
import type { PolicyInput } from './wish.ts';

/** Whether anybody asks this service for anything. */
export type Demand = 'some' | 'none' | 'unknown';

/** What workers have leased is work as well, although nothing of it waits and no request tells of it. */
export function demandOf(signals: Signals, queue: QueueFlow | undefined): Demand {
  if (queue && queue.leased > 0) return 'some';
  // One after another: the first mostly says it, and in a back-test each is worked out when it is asked for.
  if (isSome(signals.rps) || isSome(signals.concurrency)) return 'some';
  const { rps, concurrency, queued, backlog } = signals;
  if (isSome(queued) || isSome(backlog)) return 'some';
  return [rps, concurrency, queued, backlog].some(({ kind }) => kind === 'missing')
    ? 'unknown'
    : 'none';
}

/** What `min: 0` comes to at this moment. */
export interface Sleep {
  /** The least count in force: `min`, or 1 where that is 0 and the service is awake. */
  readonly floor: number;
  /** Idle for long enough: to 0, whatever the policy says. Null: not now. */
  readonly asleep: Reason | null;
  /** Why the floor is not 0; null where `min` is the floor. */
  readonly awake: Reason | null;
  readonly memory: PolicyMemory;
}

/**
 * With `min: 0` the last replica goes after `sleepAfter` without demand, not because a load is low: a trickle of
 * requests still needs one. Demand wakes one; silence of the sources neither wakes nor sends to sleep. Looks at the
 * burst window, which forgets the last request sooner.
 */
export function sleepOf({ now, scale, snapshot, replicas, memory }: PolicyInput): Sleep {
  const demand = demandOf(snapshot.burst, snapshot.queue);
  const since = memory.idleSince ?? now;
  // A clock that was set back starts the wait afresh.
  const idleSince = demand === 'none' ? Math.min(since, now) : null;
  const remembered = idleSince === memory.idleSince ? memory : { ...memory, idleSince };
  const awake = (remainingMs: number | null): Sleep => ({
    floor: 1,
    asleep: null,
    awake: { kind: 'awake', remainingMs, afterMs: scale.sleepAfterMs },
    memory: remembered,
  });
  if (scale.min > 0) return { floor: scale.min, asleep: null, awake: null, memory: remembered };
  if (demand === 'some' && replicas.desired === 0)
    return { floor: 1, asleep: null, awake: wakeFor(snapshot.burst), memory: remembered };
  if (demand === 'some') return awake(null);
  if (replicas.desired === 0) return { floor: 0, asleep: null, awake: null, memory: remembered };
  if (idleSince === null) return awake(null);
  const idleMs = now - idleSince;
  if (idleMs < scale.sleepAfterMs) return awake(scale.sleepAfterMs - idleMs);
  return { floor: 0, asleep: { kind: 'sleep', idleMs }, awake: null, memory: remembered };
}

// Private

function isSome(reading: Reading): boolean {
  return reading.kind === 'value' && reading.value > 0;
}

function wakeFor({ rps, concurrency, queued }: Signals): Reason {
  const asked = isSome(rps) || isSome(concurrency) || isSome(queued);
  return asked ? { kind: 'wake' } : { kind: 'wake', for: 'tasks' };
}
