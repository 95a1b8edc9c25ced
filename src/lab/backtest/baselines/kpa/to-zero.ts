import { KPA_DEFAULTS } from './decide.ts';

/** When the last replica may go: the states of a PodAutoscaler in Knative's `pkg/reconciler/autoscaling/kpa/scaler.go`. */
export interface ToZero {
  /** `wanted`: within the bounds; `excessBurstCapacity`: below 0, the activator is in the path. What is to be asked for. */
  reconcile(
    now: number,
    wanted: number,
    current: number,
    ready: number,
    excessBurstCapacity: number,
  ): number;
}

/** Activation that does not succeed is not modelled: in a back-test every replica becomes ready. */
export function createToZero(): ToZero {
  let activeSince: number | null = null;
  let inactiveSince: number | null = null;
  let proxiedSince: number | null = null;

  return {
    reconcile(now, wanted, current, ready, excessBurstCapacity) {
      if (wanted > 0) {
        inactiveSince = null;
        // Without a replica that is ready it activates.
        activeSince = ready > 0 ? (activeSince ?? now) : null;
        if (excessBurstCapacity >= 0) proxiedSince = null;
        else proxiedSince ??= now;
        return wanted;
      }
      proxiedSince ??= now;
      if (current === 0) return 0;
      if (inactiveSince === null) {
        // Still activating: it is not given up before it was there.
        if (activeSince === null && ready === 0) return current;
        if (now - (activeSince ?? now) < KPA_DEFAULTS.stableWindowMs) {
          activeSince ??= now;
          return 1;
        }
        activeSince = null;
        inactiveSince = now;
        return current;
      }
      const inactiveMs = now - inactiveSince;
      const proxiedMs = now - proxiedSince;
      // The activator must be known to be in the path: for the grace period now, or it was there long before.
      return inactiveMs >= KPA_DEFAULTS.scaleToZeroGraceMs ||
        proxiedMs >= KPA_DEFAULTS.scaleToZeroGraceMs
        ? 0
        : current;
    },
  };
}
