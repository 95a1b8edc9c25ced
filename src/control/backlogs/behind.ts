import { humanDuration } from '../../kit/duration.ts';

/** Whether a queue cannot be worked off in time, and since when it looks otherwise. */
export interface BehindMemory {
  readonly behind: boolean;
  /** ms since the epoch; null: it looks as it is said to be. */
  readonly otherwiseSince: number | null;
}

export const IN_TIME: BehindMemory = { behind: false, otherwiseSince: null };

/** It is behind once it was late for longer than a window, and has caught up once it was not for as long. */
export function judgeBehind(
  memory: BehindMemory,
  late: boolean,
  now: number,
  windowMs: number,
): BehindMemory {
  if (late === memory.behind) return { ...memory, otherwiseSince: null };
  // A clock that was set back begins the wait anew.
  const since = Math.min(memory.otherwiseSince ?? now, now);
  return now - since > windowMs
    ? { behind: late, otherwiseSince: null }
    : { ...memory, otherwiseSince: since };
}

export interface Pace {
  readonly waiting: number;
  readonly oldestMs: number | null;
  /** Tasks per second; null: not known. */
  readonly perReplica: number | null;
  /** As many as there may be. */
  readonly replicas: number;
  /** What keeps them from being more. */
  readonly bound: 'max' | 'guard' | 'capped';
  readonly targetMs: number;
}

/** Why a queue that has all the replicas it may have is late, for the middle of a sentence; null: it is not. */
export function lateness(pace: Pace): string | null {
  const { waiting, oldestMs, perReplica, targetMs } = pace;
  if (waiting === 0 || pace.replicas === 0) return null;
  const target = `the target is ${humanDuration(targetMs)}`;
  const drainMs = perReplica === null ? 0 : (waiting / (perReplica * pace.replicas)) * 1000;
  if (drainMs > targetMs)
    return `would take ${humanDuration(drainMs)} with ${withAll(pace)}; ${target}`;
  if ((oldestMs ?? 0) > targetMs)
    return `has waited for up to ${humanDuration(oldestMs ?? 0)}, with ${withAll(pace)}; ${target}`;
  return null;
}

// Private

function withAll({ replicas, bound }: Pace): string {
  const count = `${replicas} ${replicas === 1 ? 'replica' : 'replicas'}`;
  if (bound === 'max') return `the ${count} it may have (scale.max)`;
  return bound === 'guard'
    ? `the ${count} this machine has room for`
    : `the ${count} that the concurrency of its queues keeps at work`;
}
