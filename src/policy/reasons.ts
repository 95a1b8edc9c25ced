import { humanBytes } from '../kit/bytes.ts';
import { humanDuration } from '../kit/duration.ts';
import type { SignalName } from '../signals/snapshot.ts';
import type { Binding, Reason } from './decision.ts';
import type { CapacityBasis } from './learned.ts';

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
      return `${SIGNALS[reason.signal].label}: ${nothingToMeasure(reason)}, rule skipped`;
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
      if (reason.to <= reason.from)
        return `latency does not follow the load: with ${count(reason.to)} still ${milliseconds(reason.latencyMs)}`;
      return `latency does not follow the count: ${reason.from} → ${count(reason.to)}, still ${milliseconds(reason.latencyMs)}`;
    case 'draining':
      return `${Math.round(reason.queued)} requests wait: ${number(reason.rps)}/s more to work them off`;
    case 'kept':
      return `${count(reason.replicas)} kept for ${number(reason.rps)} requests/s, as there were lately or may be soon`;
    case 'turns':
      return `went down often lately: ${left(reason.remainingMs)} before it does again`;
    case 'forecast':
      return forecastText(reason);
    case 'young':
      return reason.historyMs === null
        ? 'nothing to forecast from yet: going by what is measured'
        : `only ${humanDuration(reason.historyMs)} of history: no season yet, going by level and trend`;
    case 'steady':
      return 'near enough to the target, no change';
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

/** What moved the count, before what did not. */
function mainReason(reasons: readonly Reason[]): Reason | undefined {
  return (
    reasons.find(({ kind }) => kind === 'sleep') ??
    reasons.find(({ kind }) => MOVING.includes(kind)) ??
    reasons[0]
  );
}

const MOVING: readonly Reason['kind'][] = ['above', 'ratio', 'relief', 'capacity'];

interface Wording {
  readonly label: string;
  readonly show: (value: number) => string;
  readonly source: 'traffic' | 'replicas' | 'queue';
  /** Shown behind the value: what it is stated per. */
  readonly per?: string;
}

const SIGNALS: Readonly<Record<SignalName, Wording>> = {
  cpu: { label: 'cpu', show: percent, source: 'replicas' },
  memory: { label: 'memory', show: percent, source: 'replicas' },
  memoryBytes: { label: 'memory', show: humanBytes, source: 'replicas' },
  latencyP50Ms: { label: 'p50 latency', show: milliseconds, source: 'traffic' },
  latencyP95Ms: { label: 'p95 latency', show: milliseconds, source: 'traffic' },
  latencyP99Ms: { label: 'p99 latency', show: milliseconds, source: 'traffic' },
  errors: { label: 'errors', show: percent, source: 'traffic' },
  concurrency: { label: 'concurrency', show: number, source: 'traffic', per: ' a replica' },
  rps: { label: 'requests', show: number, source: 'traffic', per: '/s a replica' },
  queued: { label: 'requests waiting', show: number, source: 'traffic' },
  eventLoopDelayMs: { label: 'event-loop delay', show: milliseconds, source: 'replicas' },
  eventLoopUtilization: { label: 'event-loop utilisation', show: percent, source: 'replicas' },
  backlog: { label: 'backlog', show: number, source: 'queue' },
  drainTimeMs: { label: 'time to drain', show: milliseconds, source: 'queue' },
};

const SOURCES = {
  traffic: 'traffic source',
  replicas: 'replica measurements',
  queue: 'queue',
} as const;

function amount(signal: SignalName, value: number): string {
  const { label, per = '' } = SIGNALS[signal];
  return `${label} ${bare(signal, value)}${per}`;
}

function bare(signal: SignalName, value: number): string {
  return SIGNALS[signal].show(value);
}

function between(
  signal: SignalName,
  value: number,
  low: number | null,
  high: number | null,
): string {
  if (low === null) return `${amount(signal, value)} is not above ${bare(signal, high ?? 0)}`;
  if (high === null) return `${amount(signal, value)} is not below ${bare(signal, low)}`;
  return `${amount(signal, value)} is between ${bare(signal, low)} and ${bare(signal, high)}`;
}

function missingText(signal: SignalName, silentMs: number | null): string {
  const { label, source } = SIGNALS[signal];
  return silentMs === null
    ? `${label}: no data from the ${SOURCES[source]} yet`
    : `${label}: ${SOURCES[source]} silent for ${humanDuration(silentMs)}`;
}

function nothingToMeasure({
  signal,
  windowMs,
  requests,
  unset,
  otherCount,
}: Extract<Reason, { readonly kind: 'skipped' }>): string {
  if (unset) return `${signal === 'memory' ? 'resources.memory' : 'it'} is not set`;
  if (otherCount) return 'not known for another count than the live one';
  switch (SIGNALS[signal].source) {
    case 'traffic': {
      const window = `in the last ${humanDuration(windowMs)}`;
      if (requests === undefined) return `no requests ${window}`;
      const percentile = SIGNALS[signal].label.split(' ')[0];
      return `only ${requests} ${requests === 1 ? 'request' : 'requests'} ${window}: too few for a ${percentile}`;
    }
    case 'queue':
      return signal === 'drainTimeMs'
        ? 'no queue, or how fast it is worked off is not known yet'
        : 'no queue';
    case 'replicas':
      break;
  }
  return signal === 'eventLoopDelayMs' ? 'no Node replica reports it' : 'no replica is ready';
}

function forecastText({
  nowRps,
  readyRps,
  horizonMs,
  basis,
  eachRps,
  answer,
}: Extract<Reason, { readonly kind: 'forecast' }>): string {
  const rests = {
    level: 'as it is',
    trend: basis.kind === 'trend' ? `it rises by ${number(basis.rpsPerSecond)}/s each second` : '',
    season: basis.kind === 'season' ? `as ${humanDuration(basis.periodMs)} before` : '',
  }[basis.kind];
  return `${number(nowRps)} requests/s now, ${number(readyRps)}/s to be ready for in ${humanDuration(horizonMs)} (${rests}), ${number(eachRps)}/s a replica: ${count(answer)}`;
}

function left(remainingMs: number): string {
  return `${humanDuration(remainingMs)} left`;
}

function count(replicas: number): string {
  return replicas === 1 ? '1 replica' : `${replicas} replicas`;
}

function percent(fraction: number): string {
  const percents = fraction * 100;
  return `${Math.abs(percents) < 10 ? Number(percents.toFixed(1)) : Math.round(percents)} %`;
}

function milliseconds(valueMs: number): string {
  return valueMs < 10 ? `${Number(valueMs.toFixed(1))} ms` : humanDuration(valueMs);
}

function number(value: number): string {
  return String(Math.abs(value) < 100 ? Number(value.toFixed(1)) : Math.round(value));
}

function capacityText({
  rps,
  basis,
  latencyMs,
  expectedRps,
  horizonMs,
  answer,
}: Extract<Reason, { readonly kind: 'capacity' }>): string {
  const when = horizonMs === null ? 'now' : `expected in ${humanDuration(horizonMs)}`;
  const each = `${number(rps)} ${rps === 1 ? 'request' : 'requests'}/s under ${milliseconds(latencyMs)}`;
  return `one replica ${BASES[basis].replace('…', each)}; ${number(expectedRps)}/s ${when}; ${count(answer)}`;
}

/** How much is known of what one replica can do. */
const BASES: Readonly<Record<CapacityBasis, string>> = {
  'at-its-limit': 'holds …',
  'slow-above': 'holds …',
  held: 'holds at least …',
  cpu: 'holds …, as its processor allows',
  'service-time': 'is taken to hold …, one after another',
};

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
