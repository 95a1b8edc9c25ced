import { HOUR } from '../../kit/clock.ts';
import type { AlertRule } from '../../spec/alert-rules.ts';
import type { Parcel } from './courier.ts';
import type { AlertMemory } from './judge.ts';

/** A rule and what became of it. */
export interface KnownAlert {
  readonly rule: AlertRule;
  readonly memory: AlertMemory;
  /** Why it ended, where that was not that its condition does not hold; null: it was. */
  readonly ended: string | null;
}

/** What outlives the control plane; plain JSON. */
export interface RememberedAlert extends KnownAlert {
  /** News on their way; null: there are none. */
  readonly parcel: Parcel | null;
}

const SHOWN_MS = HOUR;

/** Whether there is anything to be said of it: it holds, or ended within the hour. */
export function isOfInterest({ memory }: KnownAlert, now: number): boolean {
  const { since, resolvedAt } = memory;
  return since !== null || (resolvedAt !== null && now - resolvedAt < SHOWN_MS);
}

/** Firing first, then pending, each with the oldest first; then what ended, the newest first. */
export function byUrgency(a: KnownAlert, b: KnownAlert): number {
  const [left, right] = [rankOf(a), rankOf(b)];
  if (left !== right) return left - right;
  const [from, to] = [momentOf(a), momentOf(b)];
  return left === ENDED ? to - from : from - to;
}

/** What was written down, or nothing where it cannot be read. */
export function rememberedAlerts(fact: unknown): readonly RememberedAlert[] {
  if (!Array.isArray(fact)) return [];
  return (fact as Partial<RememberedAlert>[]).filter(
    (each): each is RememberedAlert =>
      typeof each?.rule?.id === 'string' && typeof each.memory?.at === 'number',
  );
}

// Private

const ENDED = 2;

function rankOf({ memory }: KnownAlert): number {
  if (memory.since === null) return ENDED;
  return memory.firing ? 0 : 1;
}

function momentOf({ memory }: KnownAlert): number {
  return memory.since ?? memory.resolvedAt ?? 0;
}
