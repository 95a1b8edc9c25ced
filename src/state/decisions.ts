import type { Binding, Reason } from '../policy/decision.ts';
import type { SignalName } from '../signals/snapshot.ts';
import type { PolicyName } from '../spec/spec.ts';

/** A decision as stored: repeats of the same (desired, binding) only move `until` and `times`. */
export interface StoredDecision {
  readonly id: number;
  readonly service: string;
  /** ms since the epoch. */
  readonly at: number;
  readonly until: number;
  readonly times: number;
  readonly policy: PolicyName;
  readonly current: number;
  readonly raw: number | null;
  readonly stabilised: number;
  readonly limited: number;
  readonly desired: number;
  readonly applied: number | null;
  readonly binding: Binding;
  readonly reasons: readonly Reason[];
  /** Over the stable window; null: missing or not applicable. */
  readonly signals: Readonly<Partial<Record<SignalName, number | null>>>;
}

export interface DecisionStore {
  insert(decision: Omit<StoredDecision, 'id'>): StoredDecision;
  /** The same was decided again: moves `until` and adds one to `times`. */
  repeat(id: number, until: number): void;
  /** What reconcile brought about. */
  applied(id: number, count: number): void;
  /** The newest first. */
  last(service: string, limit: number): readonly StoredDecision[];
  /** The decision in force at a moment, or null when there was none yet. */
  at(service: string, at: number): StoredDecision | null;
}
