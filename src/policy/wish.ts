import type { DecideInput, PolicyMemory, Reason } from './decision.ts';

/** What a policy may look at: not the host, not the hold of a person; those come after it. */
export type PolicyInput = Pick<
  DecideInput,
  'now' | 'scale' | 'snapshot' | 'replicas' | 'memory' | 'learned'
>;

/** What a policy alone asks for. */
export interface Wish {
  /** Null: it holds for want of data. */
  readonly count: number | null;
  readonly reasons: readonly Reason[];
  readonly memory: PolicyMemory;
  /** A season says that the load is about to come: no time to fall asleep. */
  readonly isAhead?: boolean;
}

export type Policy = (input: PolicyInput) => Wish;
