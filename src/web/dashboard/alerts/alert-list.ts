import type { AlertView } from '../../alert-contract.ts';
import type { Tone } from '../words.ts';
import { span } from '../format.ts';

/** As long one that is over is shown. */
const RESOLVED_SHOWN_MS = 3_600_000;

/** Without those that have been over for longer. */
export function recent(alerts: readonly AlertView[], now: number): readonly AlertView[] {
  return alerts.filter(
    ({ state, since }) => state !== 'resolved' || now - Date.parse(since) < RESOLVED_SHOWN_MS,
  );
}

/** Firing ones first, then pending, then those that are over; the newest first in each. */
export function inOrder(alerts: readonly AlertView[]): readonly AlertView[] {
  return [...alerts].sort(
    (one, other) =>
      RANKS[one.state] - RANKS[other.state] || Date.parse(other.since) - Date.parse(one.since),
  );
}

/** Of those that fire, what did not before: said aloud, once. */
export function newlyFiring(
  before: ReadonlySet<string>,
  alerts: readonly AlertView[],
): readonly AlertView[] {
  return alerts.filter(({ id, state }) => state === 'firing' && !before.has(id));
}

/** `firing for 3 min`, `pending for 20 s`, `over for 5 min` */
export function stateText({ state, since }: AlertView, now: number): string {
  return `${WORDS[state]} for ${span(now - Date.parse(since))}`;
}

/** Whether somebody was told. */
export function toldText({ told, state }: AlertView, now: number): string {
  if (state === 'pending') return 'told when it holds for as long as asked';
  if (told === null) return 'shown here and logged; no webhook is configured';
  const tries = told.attempts === 1 ? 'one attempt' : `${told.attempts} attempts`;
  if (told.at !== null) return `webhook told ${span(now - Date.parse(told.at))} ago`;
  if (told.problem !== null) return `webhook not told after ${tries}: ${told.problem}`;
  return 'the webhook is being told';
}

export function alertTone({ state }: AlertView): Tone {
  return TONES[state];
}

/** `2 firing · 1 pending`; null: none of them holds. */
export function alertSummary(alerts: readonly AlertView[]): string | null {
  const count = (state: AlertView['state']): number =>
    alerts.filter((alert) => alert.state === state).length;
  const parts = (['firing', 'pending'] as const)
    .filter((state) => count(state) > 0)
    .map((state) => `${count(state)} ${state}`);
  return parts.length === 0 ? null : parts.join(' · ');
}

// Private

const RANKS = { firing: 0, pending: 1, resolved: 2 } as const;
const WORDS = { firing: 'firing', pending: 'pending', resolved: 'over' } as const;
const TONES = { firing: 'bad', pending: 'warn', resolved: 'good' } as const;
