import type { PolicyName } from '../../spec/spec.ts';
import type { StoredDecision } from '../../state/decisions.ts';
import type { ReplicaTime } from './imagined.ts';

/** What is shown of a policy that decides beside the live one. Times in ms since the epoch. */
export interface ShadowView {
  readonly policy: PolicyName;
  /** What it would have wanted now, and since when. */
  readonly desired: number;
  readonly desiredSince: number;
  /** Of those, ready by now if each took as long as starts do. */
  readonly ready: number;
  /** Null before the first. */
  readonly decision: StoredDecision | null;
  /** Since when it has been running. */
  readonly since: number;
  /** Beside the live count, over the same time: of the last hour and day, and of all since it began. */
  readonly replicaTime: Readonly<Record<'hour' | 'day' | 'all', ReplicaTime>>;
  /** Why it decides nothing, in words; null: it does. */
  readonly problem: string | null;
}
