import { SECOND } from '../../kit/clock.ts';
import type { AlertOperator } from '../../spec/alerts.ts';
import type { AlertRule } from '../../spec/alert-rules.ts';
import type { Reading } from '../../signals/reading.ts';

/** What is remembered of one rule. Times in ms since the epoch. */
export interface AlertMemory {
  /** When it was last judged. */
  readonly at: number;
  /** Since when its condition holds; null: it does not. */
  readonly since: number | null;
  readonly firing: boolean;
  /** Since when the condition of one that fires has not held; null: it holds. */
  readonly otherwiseSince: number | null;
  /** Since when the last one that fired does not hold any more; null: none ever fired. */
  readonly resolvedAt: number | null;
  /** The last number that was read, of one that fires the last with which it held; null: there was none. */
  readonly value: number | null;
}

export type Became = 'pending' | 'firing' | 'resolved';

export function untouched(now: number): AlertMemory {
  return {
    at: now,
    since: null,
    firing: false,
    otherwiseSince: null,
    resolvedAt: null,
    value: null,
  };
}

/**
 * One look at one rule. It fires once it has held for as long as asked, and is resolved once it has not held for a
 * while. While nothing is known time stands still: it neither fires nor is resolved.
 */
export function judge(
  rule: Pick<AlertRule, 'operator' | 'threshold' | 'forMs'>,
  reading: Reading,
  memory: AlertMemory,
  now: number,
): { readonly memory: AlertMemory; readonly became: Became | null } {
  const seen = observe(rule, reading);
  if (seen.holds === null) return { memory: goOn(memory, now), became: null };
  const before = inThePast({ ...memory, at: now }, now);
  if (before.firing) return whileFiring(rule, seen, before, now);
  const { holds, value } = seen;
  if (!holds) return { memory: { ...before, since: null, value }, became: null };
  const since = before.since ?? now;
  if (now - since >= rule.forMs)
    return {
      memory: { ...before, since, value, firing: true, otherwiseSince: null },
      became: 'firing',
    };
  const became = before.since === null ? 'pending' : null;
  return { memory: { ...before, since, value }, became };
}

/** The time until now does not count: nothing was known in it. */
export function goOn(memory: AlertMemory, now: number): AlertMemory {
  const passed = Math.max(0, now - memory.at);
  const later = (moment: number | null): number | null =>
    moment === null ? null : Math.min(moment + passed, now);
  return {
    ...memory,
    at: now,
    since: memory.firing ? memory.since : later(memory.since),
    otherwiseSince: later(memory.otherwiseSince),
  };
}

/** How long the condition must not hold before it counts as resolved: a value on the edge must not flap. */
export function resolvesAfterMs(forMs: number): number {
  return Math.min(Math.max(forMs, 2 * SECOND), 10 * SECOND);
}

// Private

interface Seen {
  /** Null: nobody knows. */
  readonly holds: boolean | null;
  readonly value: number | null;
}

/** With nothing to measure nothing holds. A percentile of too few requests is no reason to fire, and one to be content. */
function observe(
  { operator, threshold }: Pick<AlertRule, 'operator' | 'threshold'>,
  reading: Reading,
): Seen {
  if (reading.kind === 'missing') return { holds: null, value: null };
  if (reading.kind === 'value') {
    return { holds: HOLDS[operator](reading.value, threshold), value: reading.value };
  }
  if (!reading.few) return { holds: false, value: null };
  const { value } = reading.few;
  return HOLDS[operator](value, threshold) ? { holds: null, value } : { holds: false, value };
}

const HOLDS: Readonly<Record<AlertOperator, (value: number, threshold: number) => boolean>> = {
  '>': (value, threshold) => value > threshold,
  '>=': (value, threshold) => value >= threshold,
  '<': (value, threshold) => value < threshold,
  '<=': (value, threshold) => value <= threshold,
};

/** A clock that was set back begins a wait anew. */
function inThePast(memory: AlertMemory, now: number): AlertMemory {
  const past = (moment: number | null): number | null =>
    moment === null ? null : Math.min(moment, now);
  return {
    ...memory,
    since: past(memory.since),
    otherwiseSince: past(memory.otherwiseSince),
    resolvedAt: past(memory.resolvedAt),
  };
}

function whileFiring(
  { forMs }: Pick<AlertRule, 'forMs'>,
  { holds, value }: Seen,
  memory: AlertMemory,
  now: number,
): { readonly memory: AlertMemory; readonly became: Became | null } {
  if (holds) return { memory: { ...memory, value, otherwiseSince: null }, became: null };
  const otherwiseSince = memory.otherwiseSince ?? now;
  if (now - otherwiseSince < resolvesAfterMs(forMs))
    return { memory: { ...memory, otherwiseSince }, became: null };
  const resolved = { since: null, firing: false, otherwiseSince: null, resolvedAt: otherwiseSince };
  return { memory: { ...memory, ...resolved, value }, became: 'resolved' };
}
