import { usefulOf } from './queue-load.ts';
import type { Binding, DecideInput, Reason } from './decision.ts';

/** Where more replicas are wanted than there may be: what the time to drain comes to with `count` of them. */
export function tooSlow(
  count: number,
  binding: Binding | null,
  { scale, snapshot: { queue } }: Pick<DecideInput, 'scale' | 'snapshot'>,
): readonly Reason[] {
  const targetMs = scale.target.drainTimeMs;
  if (scale.policy !== 'target' || targetMs === undefined || !queue?.perReplica) return [];
  const bounded = binding === 'max' || binding === 'guard' || count >= usefulOf(queue);
  if (!bounded || count < 1) return [];
  const drainTimeMs = (queue.waiting / (queue.perReplica * count)) * 1000;
  return drainTimeMs > targetMs
    ? [{ kind: 'too-slow', replicas: count, drainTimeMs, targetMs }]
    : [];
}
