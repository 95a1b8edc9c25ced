import type { PolicyName } from '../spec/spec.ts';
import { stabilise } from './cooldown.ts';
import type { DecideInput, Decided, PolicyMemory, Reason } from './decision.ts';
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

  const { memory } = sleep;
  const wish = POLICIES[input.scale.policy](memory === input.memory ? input : { ...input, memory });
  // Who sees the load coming is not sent to sleep before it.
  const asleep = wish.isAhead ? null : sleep.asleep;
  const raw = asleep ? 0 : wish.count;
  const stabilised = asleep
    ? { count: 0, binding: null, reasons: [asleep] }
    : stabilise(raw, bounds, input);
  const limited = limit(stabilised.count, bounds, input);
  const held = hold(limited.count, input);

  const awake = limited.binding === 'min' ? sleep.awake : null;
  const slow = tooSlow(limited.count, limited.binding, input);
  return {
    raw,
    stabilised: stabilised.count,
    limited: limited.count,
    desired: held.count,
    binding: held.binding ?? limited.binding ?? stabilised.binding ?? 'none',
    reasons: reasonsOf(
      wish.reasons,
      stabilised.reasons,
      limited.reasons,
      awake,
      slow,
      held.reasons,
    ),
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

/** In the order of the stages. */
function reasonsOf(
  wished: readonly Reason[],
  stabilised: readonly Reason[],
  limited: readonly Reason[],
  awake: Reason | null,
  slow: readonly Reason[],
  held: readonly Reason[],
): readonly Reason[] {
  const others = stabilised.length + limited.length + slow.length + held.length;
  if (others === 0 && awake === null) return wished;
  const resting = limited.some(({ kind }) => kind === 'resting');
  const reasons: Reason[] = [];
  // A step that is not taken for being at the minimum is not worth telling.
  for (const each of wished) if (!resting || each.kind !== 'step') reasons.push(each);
  for (const each of stabilised) reasons.push(each);
  // The floor of a service that may sleep is not its minimum.
  for (const each of limited)
    if (!awake || (each.kind !== 'min' && each.kind !== 'resting')) reasons.push(each);
  if (awake) reasons.push(awake);
  for (const each of slow) reasons.push(each);
  for (const each of held) reasons.push(each);
  return reasons;
}

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
  if (isWhole(ready) && isWhole(starting) && isWhole(desired) && isWhole(out) && out <= desired)
    return input;
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

function isWhole(count: number): boolean {
  return Number.isInteger(count) && count >= 0 && count <= MOST_COUNTED;
}

function whole(count: number): number {
  return Number.isFinite(count) ? Math.max(0, Math.min(Math.round(count), MOST_COUNTED)) : 0;
}

const MOST_COUNTED = 1_000_000_000;
