import type { PolicyMemory, ReplicaCounts } from '../../policy/decision.ts';

/** The replicas that a shadow would have: plain JSON, kept in the state file. Times in ms since the epoch. */
export interface Standing {
  readonly desired: number;
  /** When each of those that were ordered and are not ready yet will be, the soonest first. */
  readonly comingAt: readonly number[];
  readonly memory: PolicyMemory;
  /** Since when it has stood at `desired`. */
  readonly desiredSince: number;
  /** Since when it has been running beside the live one, and what both came to since. */
  readonly since: number;
  readonly total: ReplicaTime;
  /** When it looked last. */
  readonly at: number;
}

/** Replicas that were wanted, times seconds: of the live policy and of the shadow, over the same time. */
export interface ReplicaTime {
  readonly coveredMs: number;
  readonly liveSeconds: number;
  readonly shadowSeconds: number;
}

export const NO_TIME: ReplicaTime = { coveredMs: 0, liveSeconds: 0, shadowSeconds: 0 };

/** A shadow starts from where the live count is, as if that had been its own. */
export function beginsAt(desired: number, memory: PolicyMemory, now: number): Standing {
  return {
    desired,
    comingAt: [],
    memory,
    desiredSince: now,
    since: now,
    total: NO_TIME,
    at: now,
  };
}

export function countsAt({ desired, comingAt }: Standing, now: number): ReplicaCounts {
  const starting = comingAt.filter((readyAt) => readyAt > now).length;
  return { ready: Math.max(0, desired - starting), starting, desired };
}

/**
 * What becomes of it when `desired` are wanted: those that are missing are ready after `startupMs`, those that are too many
 * go at once, the ones that are not ready first.
 */
export function standsAt(
  before: Standing,
  desired: number,
  memory: PolicyMemory,
  startupMs: number,
  now: number,
): Standing {
  // A clock that was set back would make them wait for ever.
  const coming = before.comingAt
    .filter((readyAt) => readyAt > now)
    .map((readyAt) => Math.min(readyAt, now + Math.max(startupMs, 0)));
  const more = desired - before.desired;
  const comingAt =
    more >= 0
      ? [...coming, ...Array.from({ length: more }, () => now + startupMs)]
      : coming.slice(0, Math.max(0, coming.length + more));
  const desiredSince = more === 0 ? before.desiredSince : now;
  return { ...before, desired, comingAt, memory, desiredSince, at: now };
}

/** What was kept of one; null where it has lost its shape. */
export function standingFrom(kept: unknown): Standing | null {
  const standing = kept as Standing | null;
  if (typeof standing !== 'object' || standing === null) return null;
  const { desired, comingAt, memory, desiredSince, since, total, at } = standing;
  const numbers = [desired, desiredSince, since, at, ...Object.values(total ?? { none: null })];
  const sound =
    numbers.every((value) => Number.isFinite(value)) &&
    Array.isArray(comingAt) &&
    comingAt.every((value) => Number.isFinite(value)) &&
    typeof memory === 'object' &&
    typeof memory?.policies === 'object';
  return sound ? standing : null;
}
