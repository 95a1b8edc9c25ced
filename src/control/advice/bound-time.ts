import { DAY } from '../../kit/clock.ts';
import type { Binding } from '../../policy/decision.ts';
import type { StoredDecision } from '../../state/decisions.ts';
import type { Evidence } from './evidence.ts';

/** For how long, how often and by which decisions of the last day the count was bound. */
export interface BoundTime {
  readonly decisions: readonly StoredDecision[];
  readonly heldMs: number;
  readonly from: number;
  readonly to: number;
}

/** Null: it was not. `counts` picks among the decisions with this binding. */
export function boundTime(
  { decisions, spec, now }: Pick<Evidence, 'decisions' | 'spec' | 'now'>,
  binding: Binding,
  counts: (decision: StoredDecision) => boolean,
): BoundTime | null {
  const day = decisions.filter(({ until }) => until >= now - DAY);
  const bound = day.filter((each) => each.binding === binding && counts(each));
  const first = day[0];
  if (bound.length === 0 || !first) return null;
  const from = Math.max(first.at, now - DAY);
  const heldMs = bound.reduce(
    (sum, { at, until }) => sum + until - Math.max(at, from) + spec.scale.intervalMs,
    0,
  );
  return { decisions: bound, heldMs: Math.min(heldMs, now - from), from, to: now };
}
