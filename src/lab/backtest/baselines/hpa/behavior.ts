import type { Recommendations } from './stabilise.ts';

/** `spec.behavior` of an HPA, as the API server fills it in. */
export interface Behavior {
  readonly scaleUp: ScalingRules;
  readonly scaleDown: ScalingRules;
}

export interface ScalingRules {
  readonly stabilizationWindowMs: number;
  readonly selectPolicy: 'Max' | 'Min' | 'Disabled';
  readonly policies: readonly ScalingPolicy[];
}

/** So many pods, or so many percent of those at the start of the period, in a period. */
export interface ScalingPolicy {
  readonly type: 'Pods' | 'Percent';
  readonly value: number;
  readonly periodMs: number;
}

/** What an HPA gets that writes `behavior: {}` (`pkg/apis/autoscaling/v2/defaults.go`; the 300 s are the controller's). */
export const DEFAULT_BEHAVIOR: Behavior = {
  scaleUp: {
    stabilizationWindowMs: 0,
    selectPolicy: 'Max',
    policies: [
      { type: 'Pods', value: 4, periodMs: 15_000 },
      { type: 'Percent', value: 100, periodMs: 15_000 },
    ],
  },
  scaleDown: {
    stabilizationWindowMs: 300_000,
    selectPolicy: 'Max',
    policies: [{ type: 'Percent', value: 100, periodMs: 15_000 }],
  },
};

/** How the count changed, and when: what the policies' periods are counted from. */
export interface ScaleEvents {
  store(at: number, change: number): void;
  /** Replicas added, taken away, in the period that ends now. */
  added(now: number, periodMs: number): number;
  removed(now: number, periodMs: number): number;
}

export function createScaleEvents({ scaleUp, scaleDown }: Behavior): ScaleEvents {
  const keepMs = Math.max(
    ...[...scaleUp.policies, ...scaleDown.policies].map((p) => p.periodMs),
    0,
  );
  const events: { at: number; change: number }[] = [];
  const sum = (now: number, periodMs: number, sign: 1 | -1): number => {
    let replicas = 0;
    for (const { at, change } of events) {
      if (at > now - periodMs && change * sign > 0) replicas += Math.abs(change);
    }
    return replicas;
  };
  return {
    store(at, change) {
      while (events[0] && events[0].at < at - keepMs) events.shift();
      events.push({ at, change });
    },
    added: (now, periodMs) => sum(now, periodMs, 1),
    removed: (now, periodMs) => sum(now, periodMs, -1),
  };
}

export interface Step {
  readonly current: number;
  readonly min: number;
  readonly max: number;
  readonly now: number;
}

/** The way of an HPA with `behavior` (`normalizeDesiredReplicasWithBehaviors`): both windows, then the policies' limits. */
export function normaliseWithBehavior(
  proposal: number,
  step: Step,
  behavior: Behavior,
  recommendations: Recommendations,
  events: ScaleEvents,
): number {
  const stabilised = stabilise(proposal, step, behavior, recommendations);
  recommendations.push(step.now, proposal);
  if (stabilised > step.current) {
    const limit = Math.max(limitUp(step, behavior.scaleUp, events), step.current);
    return Math.min(stabilised, step.max, limit);
  }
  if (stabilised < step.current) {
    const limit = Math.min(limitDown(step, behavior.scaleDown, events), step.current);
    return Math.max(stabilised, step.min, limit);
  }
  return stabilised;
}

// Private

function stabilise(
  proposal: number,
  { current, now }: Step,
  { scaleUp, scaleDown }: Behavior,
  recommendations: Recommendations,
): number {
  // Strictly younger than the window: half a millisecond keeps out what is exactly as old.
  const upSince = now - scaleUp.stabilizationWindowMs + 0.5;
  const downSince = now - scaleDown.stabilizationWindowMs + 0.5;
  const floor = recommendations.smallestSince(upSince, proposal);
  const ceiling = recommendations.largestSince(downSince, proposal);
  return Math.min(Math.max(current, floor), ceiling);
}

function limitUp(
  { current, max, now }: Step,
  { selectPolicy, policies }: ScalingRules,
  events: ScaleEvents,
): number {
  if (selectPolicy === 'Disabled') return current;
  const limits = policies.map(({ type, value, periodMs }) => {
    const start = current - events.added(now, periodMs) + events.removed(now, periodMs);
    return type === 'Pods' ? start + value : Math.ceil(start * (1 + value / 100));
  });
  return selectPolicy === 'Min' ? Math.min(...limits, max) : Math.max(...limits);
}

function limitDown(
  { current, min, now }: Step,
  { selectPolicy, policies }: ScalingRules,
  events: ScaleEvents,
): number {
  if (selectPolicy === 'Disabled') return current;
  const limits = policies.map(({ type, value, periodMs }) => {
    const start = current - events.added(now, periodMs) + events.removed(now, periodMs);
    return type === 'Pods' ? start - value : Math.trunc(start * (1 - value / 100));
  });
  return selectPolicy === 'Min' ? Math.max(...limits, min) : Math.min(...limits);
}
