import { HOUR, MINUTE } from '../../kit/clock.ts';
import type { Evidence } from './evidence.ts';
import type { Finding } from './finding.ts';
import type { Step } from './steps.ts';
import { stepsOf } from './steps.ts';
import { quantile } from './track.ts';

const LOOK_MS = 6 * HOUR;
const LEAST_MS = HOUR;
const LEAST_REVERSALS = 6;
const LEAST_PER_HOUR = 4;
const WAITS_MS = [1, 2, 3, 5, 10, 15, 30].map((minutes) => minutes * MINUTE);

/** Replicas come and go: what a step down saves the next step up takes back. */
export function flapping({ decisions, spec, now }: Evidence): Finding | null {
  const lately = decisions.filter(({ until }) => until >= now - LOOK_MS);
  const from = Math.max(lately[0]?.at ?? now, now - LOOK_MS);
  if (now - from < LEAST_MS) return null;
  const steps = stepsOf(lately);
  const reversals = steps.filter((step, index) => turned(steps[index - 1], step)).length;
  const perHour = reversals / ((now - from) / HOUR);
  const backWithinMs = quantile(takenBackAfterMs(steps), 0.8);
  if (reversals < LEAST_REVERSALS || perHour < LEAST_PER_HOUR || backWithinMs === null) return null;
  const cooldownMs = spec.scale.cooldown.downMs;
  // The wait counts from the last step down, so it has to hold over the whole of a swing.
  const wantedMs = Math.max(cooldownMs, backWithinMs) * 1.5;
  const betterMs = WAITS_MS.find((waitMs) => waitMs >= wantedMs) ?? null;
  return {
    kind: 'flapping',
    reversals,
    perHour,
    backWithinMs,
    cooldownMs,
    betterMs,
    from,
    to: now,
  };
}

// Private

function turned(before: Step | undefined, step: Step): boolean {
  return before !== undefined && before.direction !== step.direction;
}

/** After each step down that was followed by one up: how long that took. */
function takenBackAfterMs(steps: readonly Step[]): readonly number[] {
  return steps.flatMap(({ at, direction }, index) => {
    const next = steps[index + 1];
    return direction === 'down' && next?.direction === 'up' ? [next.at - at] : [];
  });
}
