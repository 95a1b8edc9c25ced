import type { DecideInput } from './decision.ts';
import type { Stage } from './stage.ts';

/**
 * What is held whatever the load: first a deploy, which would otherwise be counted as scaling, then the number a person
 * asked for, then a person's pause. What the policy would do stays in the reasons before these.
 */
export function hold(limited: number, { control, replicas }: DecideInput): Stage {
  if (control.deploying) {
    return { count: replicas.desired, binding: 'deploying', reasons: [{ kind: 'deploying' }] };
  }
  if (control.pinned !== null) {
    const reasons = [{ kind: 'pinned', at: control.pinned } as const];
    return { count: control.pinned, binding: 'pinned', reasons };
  }
  if (control.paused) {
    const reasons = [{ kind: 'paused', at: replicas.desired } as const];
    return { count: replicas.desired, binding: 'paused', reasons };
  }
  return { count: limited, binding: null, reasons: [] };
}
