import { humanDuration } from '../kit/duration.ts';
import type { Binding, Reason } from './decision.ts';
import { capacityText, forecastText, keptText, turnsText, unmovedText } from './plan-words.ts';
import { count, left, milliseconds, number, percent } from './quantity-words.ts';
import { amount, bare, between, missingText, skippedText } from './signal-words.ts';

/** One reason in plain words with units: `p95 latency 1.4 s is above 1 s`. */
export function renderReason(reason: Reason): string {
  switch (reason.kind) {
    case 'above':
    case 'below': {
      const { signal, value, threshold } = reason;
      return `${amount(signal, value)} is ${reason.kind} ${bare(signal, threshold)}`;
    }
    case 'between':
      return between(reason.signal, reason.value, reason.low, reason.high);
    case 'would-cross': {
      const { signal, value, threshold, replicas } = reason;
      return `with ${count(replicas)} it would be ${bare(signal, value)}, too near ${bare(signal, threshold)}`;
    }
    case 'ratio': {
      const { signal, value, target, answer } = reason;
      return `${amount(signal, value)}, target ${bare(signal, target)}: ${count(answer)}`;
    }
    case 'skipped':
      return skippedText(reason);
    case 'missing':
      return missingText(reason.signal, reason.silentMs);
    case 'hold':
      return `holding at ${reason.at}: nothing goes down without these numbers`;
    case 'no-rule':
      return 'no rule applies, no change';
    case 'idle':
      return 'no rule applies and there are no requests: one fewer';
    case 'sleep':
      return `no requests for ${humanDuration(reason.idleMs)}: going to sleep`;
    case 'wake':
      return `${reason.for === 'tasks' ? 'tasks wait' : 'a request waits'}: waking up`;
    case 'awake':
      return awakeText(reason.remainingMs, reason.afterMs);
    case 'step':
      return `${reason.by}: from ${reason.from} to ${reason.to}`;
    case 'burst':
      return `burst: the last ${humanDuration(reason.windowMs)} ask for ${number(reason.factor)} times what is ready`;
    case 'after-burst':
      return `after a burst nothing goes down: ${left(reason.remainingMs)}`;
    case 'starting':
      return `${count(reason.starting)} still starting, counted as capacity`;
    case 'cooldown':
      return `cooldown: ${left(reason.remainingMs)} before the next step ${reason.direction}`;
    case 'settling':
      return `just scaled up: ${left(reason.remainingMs)} before a step down`;
    case 'brake':
      return `brake: errors ${percent(reason.errors)} are above ${percent(reason.limit)}, nothing scales up`;
    case 'circuit':
      return reason.remainingMs === null
        ? 'its circuit is not closed: how much load there is cannot be told'
        : `its circuit was open until just now: ${left(reason.remainingMs)} before a step down`;
    case 'min':
    case 'max':
      return `wanted ${reason.wanted}, ${reason.kind} is ${reason.bound}`;
    case 'resting':
      return `nothing to do, already at the minimum of ${reason.at}`;
    case 'guard':
      return reason.bound === 'memory'
        ? `host guard: memory allows ${count(reason.allowed)}`
        : `host guard: host.maxReplicas allows ${count(reason.allowed)}`;
    case 'cpu-saturated':
      return 'all cores of this machine are busy, by whatever programs: more replicas will not be faster';
    case 'paused':
      return reason.at === 0
        ? 'paused while asleep: requests are refused until it is resumed'
        : 'paused: the count stays as it is';
    case 'deploying':
      return 'deploying: the count stays until the deploy is over';
    case 'pinned':
      return reason.at === 0
        ? 'pinned at 0: requests are refused until it is released'
        : `pinned at ${reason.at}`;
    case 'in-hand':
      return `fewer than ${count(reason.replicas)} would not keep up with the tasks in time`;
    case 'capped':
      return `the concurrency of its queues keeps no more than ${count(reason.replicas)} at work`;
    case 'too-slow':
      return `with ${count(reason.replicas)} what waits takes ${humanDuration(reason.drainTimeMs)}, the target is ${humanDuration(reason.targetMs)}`;
    case 'capacity':
      return capacityText(reason);
    case 'unlearned':
      return 'what one replica can do is not known yet: it is learned from the first requests';
    case 'relief':
      return `p${reason.percentile} latency ${milliseconds(reason.latencyMs)} is above ${milliseconds(reason.promisedMs)}: ${count(reason.answer)}`;
    case 'unmoved':
      return unmovedText(reason);
    case 'draining':
      return `${Math.round(reason.queued)} requests wait: ${number(reason.rps)}/s more to work them off`;
    case 'kept':
      return keptText(reason);
    case 'turns':
      return turnsText(reason);
    case 'forecast':
      return forecastText(reason);
    case 'young':
      return reason.historyMs === null
        ? 'nothing to forecast from yet: going by what is measured'
        : `only ${humanDuration(reason.historyMs)} of history: no season yet, going by level and trend`;
    case 'steady':
      return reason.by === 'target' ? 'near enough to the target, no change' : 'no change';
    default:
      // Stored by another version: its name is better than nothing.
      return (reason satisfies never as { readonly kind: string }).kind;
  }
}

/** A decision in one line: `2 → 3: cpu 91 % is above 70 %`, `10: wanted 14, max is 10`. */
export function summarise(decision: {
  readonly current: number;
  readonly desired: number;
  readonly binding: Binding;
  readonly reasons: readonly Reason[];
}): string {
  const { current, desired, binding, reasons } = decision;
  const kinds: readonly string[] = BOUND_BY[binding];
  const telling = reasons.findLast(({ kind }) => kinds.includes(kind)) ?? mainReason(reasons);
  const move = current === desired ? `${desired}` : `${current} → ${desired}`;
  return telling ? `${move}: ${renderReason(telling)}` : move;
}

// Private

/** The kinds of reason that tell of a binding. */
const BOUND_BY: Readonly<Record<Binding, readonly Reason['kind'][]>> = {
  none: [],
  min: ['min', 'resting', 'awake', 'wake'],
  max: ['max'],
  cooldown: ['cooldown', 'settling'],
  brake: ['brake', 'circuit'],
  guard: ['guard'],
  missing: ['missing'],
  paused: ['paused'],
  pinned: ['pinned'],
  deploying: ['deploying'],
};

/** What moved the count, before what kept it, before what was merely looked at. */
function mainReason(reasons: readonly Reason[]): Reason | undefined {
  for (const kinds of MAIN) {
    const found = reasons.find(({ kind }) => kinds.includes(kind));
    if (found) return found;
  }
  return reasons[0];
}

/** The first that is there. What is planned with comes after what it is not followed for. */
const MAIN: readonly (readonly Reason['kind'][])[] = [
  ['sleep'],
  ['above', 'ratio', 'relief'],
  ['kept', 'turns'],
  ['capacity'],
];

/** Of a service that may sleep. */
function awakeText(remainingMs: number | null, afterMs: number | undefined): string {
  if (afterMs === undefined) {
    return remainingMs === null
      ? 'one replica stays awake for requests'
      : `one replica stays awake for ${humanDuration(remainingMs)} more without requests`;
  }
  const after = `one replica stays awake for ${humanDuration(afterMs)} after the last request`;
  return remainingMs === null ? after : `${after}: ${left(remainingMs)}`;
}
