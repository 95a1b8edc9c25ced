import { MINUTE, SECOND } from '../../kit/clock.ts';
import type { BreakerSpec } from '../../spec/spec.ts';
import type { Attempts, AttemptWindow } from './attempts.ts';
import { EMPTY_WINDOW, noted } from './attempts.ts';
import type { CircuitMemory } from './circuit.ts';
import { doesWell, erring, failed, windowOf } from './erring.ts';
import { forgiven, holdMs, onceMore } from './hold.ts';
import type { HoldRecord } from './hold.ts';
import { giveTrial, TRIAL_FAILED } from './trial.ts';

/**
 * in ──errs, while a neighbour does not──► held ──time is over──► on trial ──one request went well──► in
 *  ▲                                        ▲ ▲                        │
 *  └──────too few others are left───────────┘ └──it failed: longer─────┘
 */
export interface ReplicaMemory extends HoldRecord {
  readonly window: AttemptWindow;
  readonly ejected: Ejected | null;
}

/** Times in ms since the epoch. */
export interface Ejected {
  readonly since: number;
  /** The end of the hold; later it is on trial, or waits to be. */
  readonly untilAt: number;
  /** How often in a row. */
  readonly times: number;
  readonly reason: string;
  readonly trial: Trial | null;
}

/** One request is let through for each number. */
export interface Trial {
  readonly number: number;
  readonly since: number;
}

/** What was just seen of a replica that is ready. */
export interface SeenReplica {
  readonly id: string;
  /** Since the previous look. */
  readonly attempts: Attempts;
  readonly inFlight: number;
  /** Whether it passes its checks, which may lie. */
  readonly healthy: boolean;
}

export type ReplicaChange =
  | { readonly kind: 'ejected'; readonly replica: string; readonly ejected: Ejected }
  | { readonly kind: 'back'; readonly replica: string; readonly reason: string };

export type Replicas = Readonly<Record<string, ReplicaMemory>>;

export interface EjectionStep {
  readonly replicas: Replicas;
  readonly changes: readonly ReplicaChange[];
  readonly number: number;
}

/**
 * One look at the replicas of a service: trials are judged, what errs is held, what was held long enough is tried, one at
 * a time. At most half of them are out at any time, never the last that works, and none where nobody does better: taking
 * out half of what fails alike would only halve the capacity.
 */
export function stepEjection(
  before: { readonly replicas: Replicas; readonly number: number },
  seen: readonly SeenReplica[],
  { errors, windowMs }: BreakerSpec,
  { now, circuit }: { readonly now: number; readonly circuit: CircuitMemory['state'] },
): EjectionStep {
  const changes: ReplicaChange[] = [];
  const replicas = new Map(
    seen.map((each) => {
      const known = before.replicas[each.id] ?? { ...FRESH, fineSince: now };
      const { memory, change } = judged(known, each, now, windowMs);
      if (change) changes.push(change);
      return [each.id, memory];
    }),
  );
  const isOut = ({ id }: SeenReplica): boolean => replicas.get(id)?.ejected != null;
  const put = (id: string, differs: Partial<ReplicaMemory>): void => {
    replicas.set(id, { ...(replicas.get(id) as ReplicaMemory), ...differs });
  };

  const isFine = ({ id, attempts, healthy }: SeenReplica): boolean =>
    healthy &&
    replicas.get(id)?.ejected == null &&
    (circuit === 'half-open' ? attempts.errors === 0 : doesWell(windowOf(replicas, id), errors));
  const failing =
    circuit === 'half-open' ? failed(seen, replicas) : erring(seen, replicas, errors, windowMs);
  for (const { id, reason } of circuit === 'open' ? [] : failing) {
    // One nobody has asked yet may do better.
    if (seen.filter(isOut).length + 1 > mostOut(seen) || !seen.some(isFine)) continue;
    const held = heldOut(replicas.get(id) as ReplicaMemory, reason, now);
    put(id, held);
    changes.push({ kind: 'ejected', replica: id, ejected: held.ejected });
  }

  for (const id of tooMany(seen, replicas)) {
    put(id, { ejected: null, fineSince: now, window: EMPTY_WINDOW });
    changes.push({ kind: 'back', replica: id, reason: 'too few others are left' });
  }

  const number = giveTrial(seen, replicas, put, {
    now,
    may: circuit === 'closed',
    number: before.number,
  });
  return { replicas: Object.fromEntries(replicas), changes, number };
}

// Private

const HOLDS = { firstMs: 10 * SECOND, longestMs: 5 * MINUTE };

const FRESH = { times: 0, window: EMPTY_WINDOW, ejected: null };

/** What the replica's own attempts make of it. */
function judged(
  memory: ReplicaMemory,
  seen: SeenReplica,
  now: number,
  windowMs: number,
): { readonly memory: ReplicaMemory; readonly change: ReplicaChange | null } {
  const { ejected, window } = memory;
  if (!ejected) {
    const record = forgiven(memory, now, HOLDS);
    return {
      memory: { ...memory, ...record, window: noted(window, seen.attempts, now, windowMs) },
      change: null,
    };
  }
  const held = withoutFuture(ejected, now);
  if (!held.trial || seen.attempts.requests === 0)
    return { memory: { ...memory, ejected: held }, change: null };
  if (seen.attempts.errors === 0) {
    const back = { ...memory, ejected: null, fineSince: now, window: EMPTY_WINDOW };
    const reason = 'a request it was tried with went well';
    return { memory: back, change: { kind: 'back', replica: seen.id, reason } };
  }
  const again = heldOut({ ...memory, ejected: held }, TRIAL_FAILED, now);
  return {
    memory: again,
    change: { kind: 'ejected', replica: seen.id, ejected: again.ejected },
  };
}

/** Out from now on, or for longer. */
function heldOut(memory: ReplicaMemory, reason: string, now: number): ReplicaMemory & Out {
  const times = onceMore(memory.times, HOLDS);
  const ejected = {
    since: memory.ejected?.since ?? now,
    untilAt: now + holdMs(times, HOLDS),
    times: (memory.ejected?.times ?? memory.times) + 1,
    reason,
    trial: null,
  };
  return { times, fineSince: now, window: EMPTY_WINDOW, ejected };
}

interface Out {
  readonly ejected: Ejected;
}

/** A clock that was set back does not make a hold longer. */
function withoutFuture(ejected: Ejected, now: number): Ejected {
  const { since, untilAt, times, trial } = ejected;
  if (since <= now && (!trial || trial.since <= now)) return ejected;
  return {
    ...ejected,
    since: Math.min(since, now),
    untilAt: Math.min(untilAt, now + holdMs(times, HOLDS)),
    trial: trial && { ...trial, since: Math.min(trial.since, now) },
  };
}

function mostOut(seen: readonly SeenReplica[]): number {
  return Math.floor(seen.length / 2);
}

/** Those to take back in: others have left, or nobody who serves passes its checks any more. */
function tooMany(
  seen: readonly SeenReplica[],
  replicas: ReadonlyMap<string, ReplicaMemory>,
): readonly string[] {
  const until = (id: string): number => replicas.get(id)?.ejected?.untilAt ?? 0;
  const out = seen
    .filter(({ id }) => replicas.get(id)?.ejected)
    .sort((a, b) => until(a.id) - until(b.id));
  const serves = seen.some((each) => each.healthy && !out.includes(each));
  const surplus = serves ? Math.max(0, out.length - mostOut(seen)) : out.length;
  return out.slice(0, surplus).map(({ id }) => id);
}
