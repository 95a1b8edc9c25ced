import type { Behavior } from './behavior.ts';
import { createScaleEvents, normaliseWithBehavior } from './behavior.ts';
import type { Proposal, Tolerance } from './proposal.ts';
import { createRecommendations, normalise } from './stabilise.ts';

/** What `kube-controller-manager` and the API server fill in. */
export const HPA_DEFAULTS = {
  syncMs: 15_000,
  tolerance: { up: 0.1, down: 0.1 } satisfies Tolerance,
  downscaleStabilizationMs: 300_000,
  /** Percent of the CPU that is requested. */
  targetUtilization: 80,
} as const;

export interface HpaSpec {
  readonly min: number;
  readonly max: number;
  /** Null: not written, the older way. */
  readonly behavior: Behavior | null;
}

/** One HorizontalPodAutoscaler: what is remembered from one sync to the next (`horizontal.go`). */
export interface HpaController {
  /**
   * The count after this sync; `current` is what is asked for (`spec.replicas`). The metrics are asked only when they are
   * needed; null among them: that metric failed.
   */
  sync(now: number, current: number, proposals: () => readonly Proposal[]): number;
}

/** Those of a service as an HPA takes them: from zero no replica shows a metric that would bring it back, and it refuses a minimum of 0. */
export function hpaBounds({
  min,
  max,
}: Pick<HpaSpec, 'min' | 'max'>): Pick<HpaSpec, 'min' | 'max'> {
  return { min: Math.max(1, min), max };
}

export function createHpaController({ min, max, behavior }: HpaSpec): HpaController {
  const windowMs = HPA_DEFAULTS.downscaleStabilizationMs;
  const keepMs = Math.max(
    windowMs,
    behavior?.scaleUp.stabilizationWindowMs ?? 0,
    behavior?.scaleDown.stabilizationWindowMs ?? 0,
  );
  const recommendations = createRecommendations(keepMs);
  const events = behavior && createScaleEvents(behavior);

  const fromMetrics = (now: number, current: number, proposals: readonly Proposal[]): number => {
    const proposal = largest(proposals);
    // A metric that fails may hide load: then never down.
    if (proposal === null || (proposals.includes(null) && proposal < current)) return current;
    const step = { current, min, max, now };
    return behavior && events
      ? normaliseWithBehavior(proposal, step, behavior, recommendations, events)
      : normalise(proposal, { ...step, windowMs }, recommendations);
  };

  return {
    sync(now, current, proposals) {
      // A controller that has just started does not know the past: it takes what is there for recommended.
      if (recommendations.empty) recommendations.push(now, current);
      // Zero was asked for from outside: the HPA is off until something else scales up.
      if (current === 0 && min !== 0) return 0;
      const desired =
        current > max ? max : current < min ? min : fromMetrics(now, current, proposals());
      if (desired !== current) events?.store(now, desired - current);
      return desired;
    },
  };
}

// Private

function largest(proposals: readonly Proposal[]): Proposal {
  let found: Proposal = null;
  for (const each of proposals) if (each !== null && (found === null || each > found)) found = each;
  return found;
}
