/** What a ScaledObject is told beside its trigger; the names and defaults of KEDA's `apis/keda/v1alpha1`. */
export const KEDA_DEFAULTS = {
  pollingMs: 30_000,
  cooldownMs: 300_000,
  /** A trigger is active when its value is larger. */
  activationThreshold: 0,
} as const;

/** 0 <-> 1, the part that KEDA does itself (`RequestScale` of `pkg/scaling/executor/scale_scaledobjects.go`). */
export interface Activation {
  /** At each poll: what is to be asked for. `current`: what is asked for now; `value`: of the trigger, null: it failed. */
  poll(now: number, current: number, value: number | null): number;
}

/** With one trigger, no fallback and no idle count. */
export function createActivation(min: number): Activation {
  let lastActiveAt: number | null = null;
  return {
    poll(now, current, value) {
      if (value !== null && value > KEDA_DEFAULTS.activationThreshold) {
        lastActiveAt = now;
        return current === 0 ? Math.max(min, 1) : current;
      }
      // What cannot be asked says nothing about idleness.
      if (value === null) return current;
      if (current > 0 && min === 0) {
        // Scaled by someone else, it has no last time, and goes at once.
        const cooled = lastActiveAt === null || lastActiveAt + KEDA_DEFAULTS.cooldownMs < now;
        return cooled ? 0 : current;
      }
      return Math.max(current, min);
    },
  };
}
