import type { PolicyName } from '../spec/spec.ts';
import { stabilise } from './cooldown.ts';
import type { DecideInput, Decided, PolicyMemory } from './decision.ts';
import { sleepOf } from './demand.ts';
import { exponential } from './exponential.ts';
import { hold } from './hold.ts';
import { limit } from './limits.ts';
import { linear } from './linear.ts';
import { slo } from './slo.ts';
import { predictive } from './predictive.ts';
import { target } from './target.ts';
import { tooSlow } from './too-slow.ts';
import type { Policy } from './wish.ts';

/**
 * How many replicas a service should have, and why. The one place that decides; live scaling, shadow policies,
 * back-tests and `explain` all call it. Later stages overrule earlier ones:
 *
 * 1. raw: the policy alone; null when it holds for want of data. A service that sleeps goes to 0 here.
 * 2. stabilised: cooldowns and the brake; data that is missing holds here, and never below min.
 * 3. limited: min and max at once, then the host guard.
 * 4. desired: deploying, pinned, paused.
 *
 * Each stage adds its reasons; `binding` is the last one that changed or held the number.
 */
export function decide(given: DecideInput): Decided {
  const input = wholeCounts(given);
  const current = input.replicas.desired;
  const sleep = sleepOf(input);
  const bounds = { min: sleep.floor, max: input.scale.max };

  const wish = POLICIES[input.scale.policy]({ ...input, memory: sleep.memory });
  // Who sees the load coming is not sent to sleep before it.
  const asleep = wish.isAhead ? null : sleep.asleep;
  const raw = asleep ? 0 : wish.count;
  const stabilised = asleep
    ? { count: 0, binding: null, reasons: [asleep] }
    : stabilise(raw, bounds, input);
  const limited = limit(stabilised.count, bounds, input);
  const held = hold(limited.count, input);

  const resting = limited.reasons.some(({ kind }) => kind === 'resting');
  const awake = sleep.awake && limited.binding === 'min' ? sleep.awake : null;
  return {
    raw,
    stabilised: stabilised.count,
    limited: limited.count,
    desired: held.count,
    binding: held.binding ?? limited.binding ?? stabilised.binding ?? 'none',
    reasons: [
      // A step that is not taken for being at the minimum is not worth telling.
      ...(resting ? wish.reasons.filter(({ kind }) => kind !== 'step') : wish.reasons),
      ...stabilised.reasons,
      // The floor of a service that may sleep is not its minimum.
      ...limited.reasons.filter(({ kind }) => !awake || (kind !== 'min' && kind !== 'resting')),
      ...(awake ? [awake] : []),
      ...tooSlow(limited.count, limited.binding, input),
      ...held.reasons,
    ],
    memory: remember(wish.memory, current, held.count, input.now),
  };
}

// Private

const POLICIES: Readonly<Record<PolicyName, Policy>> = {
  linear,
  exponential,
  target,
  predictive,
  slo,
};

function remember(
  memory: PolicyMemory,
  current: number,
  desired: number,
  now: number,
): PolicyMemory {
  if (desired > current) return { ...memory, lastUpAt: now };
  if (desired < current) return { ...memory, lastDownAt: now };
  return memory;
}

/** Replicas are counted in whole numbers, whatever a caller's arithmetic made of them. */
function wholeCounts(input: DecideInput): DecideInput {
  const { ready, starting, desired, out = 0 } = input.replicas;
  return {
    ...input,
    replicas: {
      ready: whole(ready),
      starting: whole(starting),
      desired: whole(desired),
      out: Math.min(whole(out), whole(desired)),
    },
  };
}

function whole(count: number): number {
  return Number.isFinite(count) ? Math.max(0, Math.min(Math.round(count), MOST_COUNTED)) : 0;
}

const MOST_COUNTED = 1_000_000_000;
