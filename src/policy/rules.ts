import type { Reading } from '../signals/reading.ts';
import type { QueueFlow, SignalName } from '../signals/snapshot.ts';
import type { Thresholds } from '../spec/spec.ts';
import type { ReplicaCounts, Reason } from './decision.ts';
import { demandOf } from './demand.ts';
import { usefulOf } from './queue-load.ts';
import { skipped } from './skipped.ts';
import type { PolicyInput } from './wish.ts';

/** What the thresholds of `up` and `down` say together. */
export interface Verdict {
  /** How many times its threshold the worst crossed rule is, with what is starting counted as there; 0: none. */
  readonly overload: number;
  /** Every applicable rule is below its down threshold, and one fewer would stay clear of the up thresholds. */
  readonly calm: boolean;
  /** Data of a rule is missing: whatever `calm` says, nothing may go down. */
  readonly missing: boolean;
  readonly reasons: readonly Reason[];
}

/** Judges every threshold over the stable window. */
export function judge({ scale, snapshot, replicas }: PolicyInput): Verdict {
  const verdicts: RuleVerdict[] = [];
  for (const rule of RULES) {
    const up = scale.up[rule.key] ?? null;
    const down = scale.down[rule.key] ?? null;
    if (up === null && down === null) continue;
    const measured = perReplica(rule, snapshot.stable[rule.signal], replicas);
    const verdict = judgeRule(rule, measured, { up, down }, replicas, scale.windowMs);
    verdicts.push(rule.key === 'backlog' ? withinCap(verdict, replicas, snapshot.queue) : verdict);
  }
  const overload = verdicts.reduce((most, each) => Math.max(most, each.overload), 0);
  const missing = verdicts.some((each) => each.missing);
  const down = verdicts.filter((each) => each.calm !== null);
  const calm = down.length > 0 && down.every((each) => each.calm);
  const reasons = verdicts.flatMap((each) =>
    overload > 0 && each.overload === 0 && !each.missing ? [] : each.reasons,
  );
  if (down.length > 0 || missing || overload > 0) return { overload, calm, missing, reasons };
  // No down rule applies. Where that is so because nobody asks for anything, it must not keep all replicas for ever.
  const unused =
    hasRules(scale.down) &&
    replicas.ready > 0 &&
    demandOf(snapshot.stable, snapshot.queue) === 'none';
  const why: Reason = unused ? { kind: 'idle' } : { kind: 'no-rule' };
  return { overload, calm: unused, missing, reasons: [...reasons, why] };
}

// Private

interface Rule {
  readonly key: keyof Thresholds;
  readonly signal: SignalName;
  /** Totals in the snapshot that a threshold states per ready replica. */
  readonly perReplica?: true;
  /** The same load on fewer replicas is more for each, in proportion. */
  readonly divides?: true;
}

const RULES: readonly Rule[] = [
  { key: 'cpu', signal: 'cpu', divides: true },
  { key: 'memory', signal: 'memory' },
  { key: 'latencyMs', signal: 'latencyP95Ms' },
  { key: 'eventLoopDelayMs', signal: 'eventLoopDelayMs' },
  { key: 'concurrency', signal: 'concurrency', perReplica: true, divides: true },
  { key: 'rps', signal: 'rps', perReplica: true, divides: true },
  { key: 'queued', signal: 'queued' },
  { key: 'backlog', signal: 'backlog' },
];

/** One fewer is not taken when the rest would then be this near an up threshold: a little noise would cross it. */
const NEAR = 0.9;

interface RuleVerdict {
  readonly overload: number;
  /** Null: no opinion, because it is not applicable or has no down threshold. */
  readonly calm: boolean | null;
  readonly missing: boolean;
  readonly reasons: readonly Reason[];
}

interface Pair {
  readonly up: number | null;
  readonly down: number | null;
}

function judgeRule(
  { signal, divides }: Rule,
  measured: Reading,
  { up, down }: Pair,
  replicas: ReplicaCounts,
  windowMs: number,
): RuleVerdict {
  if (measured.kind === 'missing') {
    const reason: Reason = { kind: 'missing', signal, silentMs: measured.silentMs };
    return { overload: 0, calm: null, missing: true, reasons: [reason] };
  }
  if (measured.kind === 'not-applicable') {
    // Every service has memory rules by default: one that is not set up is not worth a line each time.
    const reasons = measured.unset ? [] : [skipped(signal, measured, windowMs)];
    return { overload: 0, calm: null, missing: false, reasons };
  }
  const { value } = measured;
  if (up !== null && value > up) {
    const above: Reason = { kind: 'above', signal, value, threshold: up };
    const coming = comingReplicas(replicas);
    const shared = (value * replicas.ready) / Math.max(1, replicas.ready + coming);
    return shared > up
      ? { overload: timesOver(shared, up), calm: false, missing: false, reasons: [above] }
      : {
          overload: 0,
          calm: false,
          missing: false,
          reasons: [above, { kind: 'starting', starting: coming }],
        };
  }
  if (down !== null && value < down) {
    const fewer = replicas.desired - 1;
    // A number at the very end of what numbers there are would pass it.
    const then = fewer > 0 ? Math.min(Number.MAX_VALUE, (value * replicas.ready) / fewer) : value;
    const crosses = divides === true && up !== null && then > up * NEAR;
    const below: Reason = { kind: 'below', signal, value, threshold: down };
    return {
      overload: 0,
      calm: !crosses,
      missing: false,
      reasons: crosses
        ? [below, { kind: 'would-cross', signal, value: then, threshold: up, replicas: fewer }]
        : [below],
    };
  }
  return {
    overload: 0,
    calm: down === null ? null : false,
    missing: false,
    reasons: [{ kind: 'between', signal, value, low: down, high: up }],
  };
}

/** However much waits: what is capped needs no more. */
function withinCap(
  verdict: RuleVerdict,
  { desired }: ReplicaCounts,
  queue: QueueFlow | undefined,
): RuleVerdict {
  const useful = usefulOf(queue);
  if (verdict.overload === 0 || desired < useful) return verdict;
  const capped: Reason = { kind: 'capped', replicas: useful };
  return { ...verdict, overload: 0, reasons: [...verdict.reasons, capped] };
}

function perReplica(rule: Rule, reading: Reading, { ready }: ReplicaCounts): Reading {
  if (!rule.perReplica || reading.kind !== 'value') return reading;
  return { kind: 'value', value: reading.value / Math.max(1, ready) };
}

/** Decided but not ready: whether it starts, waits to be tried again or is about to be ordered. */
function comingReplicas({ ready, starting, desired, out = 0 }: ReplicaCounts): number {
  return Math.max(starting, desired - ready - out, 0);
}

function timesOver(value: number, threshold: number): number {
  return threshold > 0 ? value / threshold : Number.MAX_VALUE;
}

function hasRules(thresholds: Thresholds): boolean {
  return Object.values(thresholds).some((threshold) => threshold !== undefined);
}
