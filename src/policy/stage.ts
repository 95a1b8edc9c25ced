import type { Binding, Reason } from './decision.ts';

/** What a stage of `decide` made of the count it was given. */
export interface Stage {
  readonly count: number;
  /** Null: it neither changed nor held the number. */
  readonly binding: Binding | null;
  readonly reasons: readonly Reason[];
}

/** The least and the most that are allowed now; `min` is 1 where 0 is allowed and the service is awake. */
export interface Bounds {
  readonly min: number;
  readonly max: number;
}

export function clamp(count: number, { min, max }: Bounds): number {
  return Math.max(min, Math.min(max, count));
}
