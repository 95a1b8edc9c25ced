/** What one revision's autoscaler decides by (`DeciderSpec` of Knative's `pkg/autoscaler/scaling`). */
export interface DeciderSpec {
  /** Of the metric, for each replica: what is aimed at, and what one can bear. */
  readonly target: number;
  readonly total: number;
  readonly maxScaleUpRate: number;
  readonly maxScaleDownRate: number;
  /** Times the replicas that are ready: from there on it panics. */
  readonly panicThreshold: number;
  readonly stableWindowMs: number;
  /** 0: the activator only from zero; -1: always. */
  readonly targetBurstCapacity: number;
  /** Not fewer than these when there is any load; 1: no such rule. */
  readonly activationScale: number;
  readonly scaleDownDelayMs: number;
  /** No route leads to it any more: it goes down at once. */
  readonly reachable: boolean;
}

/** As `config-autoscaler` comes. */
export const KPA_DEFAULTS = {
  tickMs: 2_000,
  stableWindowMs: 60_000,
  panicWindowMs: 6_000,
  panicThreshold: 2,
  maxScaleUpRate: 1_000,
  maxScaleDownRate: 2,
  targetUtilization: 0.7,
  targetMin: 0.01,
  targetBurstCapacity: 211,
  scaleToZeroGraceMs: 30_000,
  scaleDownDelayMs: 0,
  activationScale: 1,
} as const;

export interface KpaDecision {
  readonly replicas: number;
  /** Below 0: the activator stays in the path of the requests. */
  readonly excessBurstCapacity: number;
}

/** `autoscaler.Scale` of `autoscaler.go`, with what it remembers. */
export interface Decider {
  decide(now: number, ready: number, stable: number, panic: number): KpaDecision;
  /** Since when it panics, ms; null: it does not. */
  readonly panicSince: number | null;
}

/** One that starts with more than one replica ready panics, so as not to go down before it knows anything. */
export function createDecider(spec: DeciderSpec, now: number, ready: number): Decider {
  const delayed = spec.scaleDownDelayMs > 0 ? createLargest(spec.scaleDownDelayMs) : null;
  let panicSince = ready > 1 ? now : null;
  let maxPanic = ready;

  return {
    decide(at, originalReady, stable, panic) {
      const readyPods = Math.max(1, originalReady);
      const most = Math.ceil(spec.maxScaleUpRate * readyPods);
      const least = spec.reachable ? Math.floor(readyPods / spec.maxScaleDownRate) : 0;
      const forStable = Math.ceil(stable / spec.target);
      const forPanic = Math.ceil(panic / spec.target);
      let replicas = activated(spec, forStable, Math.min(Math.max(forStable, least), most));
      const burst = activated(spec, forPanic, Math.min(Math.max(forPanic, least), most));

      const isOver = forPanic / readyPods >= spec.panicThreshold;
      if (isOver) panicSince = at;
      else if (panicSince !== null && panicSince + spec.stableWindowMs < at) {
        panicSince = null;
        maxPanic = 0;
      }
      if (panicSince !== null) {
        // Never down while it panics.
        maxPanic = Math.max(maxPanic, replicas, burst);
        replicas = maxPanic;
      }
      if (spec.reachable && delayed) replicas = delayed(at, replicas);
      return { replicas, excessBurstCapacity: excess(spec, originalReady, panic) };
    },
    get panicSince() {
      return panicSince;
    },
  };
}

// Private

function activated({ activationScale }: DeciderSpec, wanted: number, replicas: number): number {
  return activationScale > 1 && wanted > 0 ? Math.max(replicas, activationScale) : replicas;
}

function excess({ targetBurstCapacity, total }: DeciderSpec, ready: number, panic: number): number {
  if (targetBurstCapacity === 0) return 0;
  if (targetBurstCapacity < 0) return -1;
  return Math.floor(ready * total - targetBurstCapacity - panic);
}

/** The largest of the last `delayMs`, in steps of one tick (`aggregation/max/timewindow.go`). */
function createLargest(delayMs: number): (now: number, replicas: number) => number {
  const steps = Math.ceil(delayMs / KPA_DEFAULTS.tickMs);
  /** Each smaller and younger than the one before it. */
  const maxima: { step: number; replicas: number }[] = [];
  return (now, replicas) => {
    const step = Math.floor(now / KPA_DEFAULTS.tickMs);
    while (maxima.length > 0 && replicas >= (maxima.at(-1)?.replicas ?? 0)) maxima.pop();
    while (maxima[0] && step - maxima[0].step >= steps) maxima.shift();
    if (maxima.at(-1)?.step !== step) maxima.push({ step, replicas });
    return maxima[0]?.replicas ?? replicas;
  };
}
