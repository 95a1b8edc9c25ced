import type { StoredDecision } from '../../state/decisions.ts';

export interface Step {
  readonly at: number;
  readonly direction: 'up' | 'down';
}

/** Where the policy changed the count; what people, deploys and sleep did is none of its steps. */
export function stepsOf(decisions: readonly StoredDecision[]): readonly Step[] {
  return decisions
    .filter(({ current, desired, binding }) => {
      const byHand = binding === 'pinned' || binding === 'paused' || binding === 'deploying';
      return current !== desired && !byHand && current > 0 && desired > 0;
    })
    .map(({ at, current, desired }) => ({ at, direction: desired > current ? 'up' : 'down' }));
}
