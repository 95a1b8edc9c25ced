import type { DecideInput, Reason } from './decision.ts';
import type { Bounds, Stage } from './stage.ts';
import { clamp } from './stage.ts';

/**
 * Min and max at once in both directions, whatever the cooldowns say; then the host guard, which bounds increases only:
 * nothing is stopped because the machine is full. A saturated CPU is said, not obeyed.
 */
export function limit(stabilised: number, bounds: Bounds, input: DecideInput): Stage {
  const { host, replicas } = input;
  const current = replicas.desired;
  const reasons: Reason[] = [];
  const bounded = clamp(stabilised, bounds);
  if (bounded > stabilised && bounded === current) {
    reasons.push({ kind: 'resting', at: current });
  } else if (bounded !== stabilised) {
    const kind = bounded > stabilised ? 'min' : 'max';
    reasons.push({ kind, wanted: stabilised, bound: bounded });
  }
  const room = Number.isNaN(host.room) ? 0 : Math.max(0, Math.floor(host.room));
  const allowed = Math.max(current, replicas.ready + replicas.starting) + room;
  const count = bounded > current ? Math.min(bounded, allowed) : bounded;
  if (count < bounded) reasons.push({ kind: 'guard', bound: host.bound ?? 'replicas', allowed });
  if (count > current && host.cpuSaturated) reasons.push({ kind: 'cpu-saturated' });
  return {
    count,
    binding:
      count < bounded
        ? 'guard'
        : bounded === stabilised
          ? null
          : bounded > stabilised
            ? 'min'
            : 'max',
    reasons,
  };
}
