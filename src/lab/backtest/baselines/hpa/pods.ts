import type { PodUsage } from './proposal.ts';

/** A pod as the controller of the HPA sees it; times in ms. */
export interface Pod {
  readonly phase: 'Pending' | 'Running' | 'Failed';
  readonly deleting?: true;
  readonly startedAt: number | null;
  /** The Ready condition and when it last changed. */
  readonly ready: { readonly status: boolean; readonly since: number } | null;
  readonly metric: PodMetric | null;
}

/** What a pod used over the `windowMs` that ended `at`. */
export interface PodMetric {
  readonly value: number;
  readonly at: number;
  readonly windowMs: number;
}

/** Readiness as the controller's flags have it. */
export interface ReadinessRules {
  /** So long after its start a pod's CPU may be that of its start. */
  readonly cpuInitializationMs: number;
  /** A pod that was last unready before this age was never ready. */
  readonly initialReadinessMs: number;
}

/** As `kube-controller-manager` comes. */
export const READINESS: ReadinessRules = {
  cpuInitializationMs: 300_000,
  initialReadinessMs: 30_000,
};

/** Groups the pods as `groupPods` of `replica_calculator.go` does. Readiness is looked at for CPU alone. */
export function groupPods(
  pods: readonly Pod[],
  { cpu, now, rules = READINESS }: { cpu: boolean; now: number; rules?: ReadinessRules },
): PodUsage {
  let counted = 0;
  let total = 0;
  let unready = 0;
  let missing = 0;
  for (const pod of pods) {
    if (pod.deleting || pod.phase === 'Failed') continue;
    if (pod.phase === 'Pending') unready += 1;
    else if (pod.metric === null) missing += 1;
    else if (cpu && isUnready(pod, pod.metric, now, rules)) unready += 1;
    else {
      counted += 1;
      total += pod.metric.value;
    }
  }
  return { counted, total, unready, missing };
}

// Private

function isUnready(
  { startedAt, ready }: Pod,
  metric: PodMetric,
  now: number,
  { cpuInitializationMs, initialReadinessMs }: ReadinessRules,
): boolean {
  if (ready === null || startedAt === null) return true;
  if (startedAt + cpuInitializationMs > now) {
    // A metric that reaches back to before it was ready tells of the start.
    return !ready.status || metric.at < ready.since + metric.windowMs;
  }
  return !ready.status && startedAt + initialReadinessMs > ready.since;
}
