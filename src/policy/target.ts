import type { Reading } from '../signals/reading.ts';
import type { QueueFlow, SignalName, Signals } from '../signals/snapshot.ts';
import type { TargetSpec } from '../spec/spec.ts';
import type { Reason } from './decision.ts';
import { demandOf } from './demand.ts';
import { inHand, taken, usefulOf } from './queue-load.ts';
import { skipped } from './skipped.ts';
import type { PolicyInput, Wish } from './wish.ts';

/**
 * How far the load may be off before the count follows, as in the Kubernetes HPA. Up from 10 % above what the count is
 * for; down only to a count that would still have 10 % to spare. The two do not touch, so a steady load never flaps.
 */
const TOLERANCE = 0.1;

/** More than any machine can run: keeps the arithmetic finite when a target is tiny. */
const MOST = 1_000_000;

/**
 * As many replicas as keep each signal at its target: load ÷ target, rounded up, the largest answer of all. The stable
 * window decides, and the burst window while it asks for `burst.factor` times what is ready; until a stable window has
 * passed since, nothing goes down (the panic mode of the Knative autoscaler).
 */
export function target(input: PolicyInput): Wish {
  const { now, scale, snapshot, replicas, memory } = input;
  const current = replicas.desired;
  const stable = answerOf(input, snapshot.stable, scale.windowMs);
  const burst = answerOf(input, snapshot.burst, scale.burst.windowMs);
  const ready = Math.max(1, replicas.ready);
  // In whole replicas: from one, a load that needs two is twice what is there.
  const bursting = settle(burst.load, ready) >= scale.burst.factor * ready;
  const burstAt = bursting ? now : stillAt(memory.burstAt, now, scale.windowMs);
  const remembered = { ...memory, burstAt };

  const inBurst = burstAt !== null;
  const count = inBurst ? Math.max(stable.count, burst.count, current) : stable.count;
  const reasons = [...(inBurst && burst.count > stable.count ? burst : stable).reasons];
  if (bursting) reasons.push({ kind: 'burst', ...scale.burst });
  else if (inBurst && stable.count < current) {
    reasons.push({ kind: 'after-burst', remainingMs: burstAt + scale.windowMs - now });
  }
  // Data that is there may ask for more; without all of it nothing goes down.
  if (stable.missing && count <= current) {
    return { count: null, reasons: stable.reasons, memory: remembered };
  }
  if (count === current && stable.applicable && !inBurst)
    reasons.push({ kind: 'steady', by: 'target' });
  return { count, reasons, memory: remembered };
}

/** What the targets ask for. */
export interface Answer {
  readonly count: number;
  /** In replicas, not rounded: the largest of all targets. */
  readonly load: number;
  readonly missing: boolean;
  readonly applicable: boolean;
  readonly reasons: readonly Reason[];
}

/** What the targets ask for by the signals of one window; `without-waiting`: by what is in service alone, where the queue is seen to otherwise. */
export function answerOf(
  { scale, replicas, snapshot: { queue } }: PolicyInput,
  signals: Signals,
  windowMs: number,
  waiting: 'with-waiting' | 'without-waiting' = 'with-waiting',
): Answer {
  const { desired: current, out = 0 } = replicas;
  const serving = current - out;
  const reasons: Reason[] = [];
  let load = 0;
  let count = 0;
  let missing = false;
  let applicable = false;
  for (const { signal, kind, goal } of goalsOf(scale.target)) {
    const measured =
      signal === 'concurrency' && waiting === 'with-waiting'
        ? atTheGateway(signals)
        : signals[signal];
    if (measured.kind === 'missing') {
      missing = true;
      reasons.push({ kind: 'missing', signal, silentMs: measured.silentMs });
      continue;
    }
    if (measured.kind === 'not-applicable') {
      reasons.push(skipped(signal, measured, windowMs));
      continue;
    }
    applicable = true;
    const bound = goesByQueue(signal) ? usefulOf(queue) : Infinity;
    const asked = loadOf(kind, measured.value, goal, replicas.ready, queue);
    const own = Math.min(asked, bound);
    const settled = Math.min(settle(own, serving), bound);
    const least = Math.max(settled, Math.min(keptOf(kind, goal, serving, queue), bound));
    // Those that are out keep their place while all others are needed; else they are the first to go.
    const wanted = least >= serving ? least + out : least;
    load = Math.max(load, own);
    count = Math.max(count, wanted);
    const value = kind === 'total' ? measured.value / Math.max(1, replicas.ready) : measured.value;
    reasons.push({ kind: 'ratio', signal, value, target: goal, answer: wanted });
    if (asked > bound) reasons.push({ kind: 'capped', replicas: bound });
    if (kind === 'queue' && least > settled) reasons.push({ kind: 'in-hand', replicas: least });
  }
  if (applicable || missing)
    return { count: applicable ? count : current, load, missing, applicable, reasons };
  const unused = replicas.ready > 0 && demandOf(signals, queue) === 'none';
  reasons.push(unused ? { kind: 'idle' } : { kind: 'no-rule' });
  return { count: unused ? Math.max(0, current - 1) : current, load, missing, applicable, reasons };
}

// Private

interface Goal {
  readonly key: keyof TargetSpec;
  readonly signal: SignalName;
  /**
   * What there is in all, to be shared. `total`: the signal is that already; `each`: it is one of the ready replicas',
   * and falls in proportion as they become more; `level`: it is felt by each and only roughly follows their number, so
   * that it comes down one at a time. `queue`: as `each`, told for one replica where none is ready, so that who sleeps
   * wakes to as many as are needed.
   */
  readonly kind: 'total' | 'each' | 'level' | 'queue';
}

const GOALS: readonly Goal[] = [
  { key: 'concurrency', signal: 'concurrency', kind: 'total' },
  { key: 'rps', signal: 'rps', kind: 'total' },
  { key: 'cpu', signal: 'cpu', kind: 'each' },
  { key: 'memory', signal: 'memory', kind: 'level' },
  { key: 'latencyMs', signal: 'latencyP95Ms', kind: 'level' },
  { key: 'drainTimeMs', signal: 'drainTimeMs', kind: 'queue' },
  { key: 'backlog', signal: 'backlog', kind: 'total' },
];

interface SetGoal extends Omit<Goal, 'key'> {
  readonly goal: number;
}

/** Of each configuration once: it is asked for at every decision. */
const goalsByTarget = new WeakMap<TargetSpec, readonly SetGoal[]>();

/** Those that are set. */
function goalsOf(target: TargetSpec): readonly SetGoal[] {
  let goals = goalsByTarget.get(target);
  if (!goals) {
    goals = GOALS.flatMap(({ key, signal, kind }) => {
      const goal = target[key];
      return goal === undefined ? [] : [{ signal, kind, goal }];
    });
    goalsByTarget.set(target, goals);
  }
  return goals;
}

function goesByQueue(signal: SignalName): boolean {
  return signal === 'drainTimeMs' || signal === 'backlog';
}

/** In replicas, not rounded. */
function loadOf(
  kind: Goal['kind'],
  value: number,
  goal: number,
  ready: number,
  queue: QueueFlow | undefined,
): number {
  if (kind === 'total') return share(value, goal);
  if (kind !== 'queue') return share(value * ready, goal);
  return Math.min(share(value * Math.max(1, ready), goal), taken(queue));
}

/** At least so many of those that serve stay, whatever the ratio says. */
function keptOf(
  kind: Goal['kind'],
  goal: number,
  serving: number,
  queue: QueueFlow | undefined,
): number {
  if (kind === 'level') return serving - 1;
  return kind === 'queue' ? Math.min(serving, roundUp(inHand(queue, goal) * (1 + TOLERANCE))) : 0;
}

/** Requests that wait at the gateway want a place as well; a replica at its limit would hide them otherwise. */
function atTheGateway({ concurrency, queued }: Signals): Reading {
  if (concurrency.kind !== 'value' || queued.kind !== 'value') return concurrency;
  return { kind: 'value', value: concurrency.value + queued.value };
}

function share(load: number, goal: number): number {
  if (load <= 0) return 0;
  return goal > 0 ? Math.min(load / goal, MOST) : MOST;
}

/** The count for a load in replicas, or the current one while it is near enough. */
function settle(load: number, current: number): number {
  if (load > current * (1 + TOLERANCE)) return roundUp(load);
  return Math.min(current, roundUp(load * (1 + TOLERANCE)));
}

/** 2.1 / 0.7 is a hair more than 3 in binary: that is 3 replicas, not 4. */
function roundUp(load: number): number {
  return Math.ceil(load * (1 - 1e-9));
}

function stillAt(at: number | null, now: number, windowMs: number): number | null {
  return at !== null && now >= at && now - at < windowMs ? at : null;
}
