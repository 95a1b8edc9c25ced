import type { AlertRule } from '../../spec/alert-rules.ts';
import type { AlertMemory } from './judge.ts';
import { endedText, holdsText } from './words.ts';

/** A condition somebody is told about: while it holds, and for an hour after. Times in ms since the epoch. */
export interface Alert {
  /** `api.latency > 2s` */
  readonly id: string;
  /** A service, a database, a queue, `gateway`. */
  readonly subject: string;
  /** `pending`: it holds, but not yet for as long as asked. */
  readonly state: 'pending' | 'firing' | 'resolved';
  /** In words, with the numbers. */
  readonly message: string;
  /** Since when it holds; of one that is resolved, since when it does not. */
  readonly since: number;
  /** It is one of the defaults. */
  readonly byDefault: boolean;
  /** What became of telling somebody; null: nobody is told. */
  readonly told: Told | null;
}

export interface Told {
  /** When the newest news were taken; null: they were not. */
  readonly at: number | null;
  readonly attempts: number;
  /** Why the last attempt failed, as a sentence; null: it did not. */
  readonly problem: string | null;
}

/** What is shown of a rule; null: it does not hold, and did not lately. `ended`: other words for the end. */
export function alertOf(
  rule: AlertRule,
  memory: AlertMemory,
  told: Told | null,
  ended: string | null,
): Alert | null {
  const { id, subject, byDefault } = rule;
  const { since, value, resolvedAt } = memory;
  const common = { id, subject, byDefault, told };
  if (since !== null) {
    const state = memory.firing ? 'firing' : 'pending';
    // Of one that may be over soon, for as long as it was seen to hold.
    const heldMs = (memory.otherwiseSince ?? memory.at) - since;
    return { ...common, state, message: holdsText(rule, value, heldMs), since };
  }
  if (resolvedAt === null) return null;
  const message = ended ?? endedText(rule, value);
  return { ...common, state: 'resolved', message, since: resolvedAt };
}

/** As the API and webhooks write it: times in ISO 8601. */
export function writtenAlert({ since, told, ...alert }: Alert) {
  return {
    ...alert,
    since: new Date(since).toISOString(),
    told: told && { ...told, at: told.at === null ? null : new Date(told.at).toISOString() },
  };
}
