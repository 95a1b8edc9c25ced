/**
 * How many replicas a metric proposes, as `replica_calculator.go` of Kubernetes' `pkg/controller/podautoscaler` computes it.
 * The pods are grouped before, see `pods.ts`.
 */

/** By how far usage may miss the target, as a share of it, before anything is done. */
export interface Tolerance {
  readonly up: number;
  readonly down: number;
}

/** What the pods of a service use, those that are to be left out already gone. */
export interface PodUsage {
  /** Pods whose metric counts, and the sum of what they use. */
  readonly counted: number;
  readonly total: number;
  /** Not ready yet: what they use says nothing. */
  readonly unready: number;
  /** They run, and there is no metric of them. */
  readonly missing: number;
}

/** Null: no pod has a metric that counts, and the controller does nothing. */
export type Proposal = number | null;

/**
 * A resource's utilisation, `usage` and `request` in one unit, `target` in whole percent: what is used is rounded down to
 * whole percent, as in the original.
 */
export function utilizationProposal(
  current: number,
  usage: PodUsage,
  request: number,
  target: number,
  tolerance: Tolerance,
): Proposal {
  return perPodProposal(current, usage, tolerance, {
    ratio: (total, pods) => Math.trunc((total * 100) / (request * pods)) / target,
    missingWhileDown: (request * Math.max(100, target)) / 100,
  });
}

/** A metric of each pod against an average; its unit should be small (milli-units): the mean is rounded down to a whole one. */
export function averageProposal(
  current: number,
  usage: PodUsage,
  target: number,
  tolerance: Tolerance,
): Proposal {
  return perPodProposal(current, usage, tolerance, {
    ratio: (total, pods) => Math.trunc(total / pods) / target,
    missingWhileDown: target,
  });
}

/** One value for the service against a target value: what it exceeds it by, times the pods that are ready. */
export function valueProposal(
  current: number,
  ready: number,
  value: number,
  target: number,
  tolerance: Tolerance,
): number {
  const ratio = value / target;
  if (current === 0) return Math.ceil(ratio);
  return within(ratio, tolerance) ? current : Math.ceil(ratio * ready);
}

/** One value for the service against a target for each replica; `status`: replicas that exist, ready or not. */
export function perReplicaProposal(
  status: number,
  value: number,
  target: number,
  tolerance: Tolerance,
): number {
  return within(value / (target * status), tolerance) ? status : Math.ceil(value / target);
}

// Private

interface Rule {
  ratio(total: number, pods: number): number;
  /** What a pod without a metric is taken to use where it would otherwise speed up a step down. */
  readonly missingWhileDown: number;
}

function perPodProposal(
  current: number,
  { counted, total, unready, missing }: PodUsage,
  tolerance: Tolerance,
  { ratio, missingWhileDown }: Rule,
): Proposal {
  if (counted === 0) return null;
  const usage = ratio(total, counted);
  const upWithUnready = unready > 0 && usage > 1;
  if (!upWithUnready && missing === 0) {
    return within(usage, tolerance) ? current : Math.ceil(usage * counted);
  }
  // Those one knows nothing of are supposed to speak against the step: full of work on the way down, idle on the way up.
  const filledIn = (usage === 1 ? 0 : missing) + (upWithUnready ? unready : 0);
  const filled = usage < 1 ? total + missing * missingWhileDown : total;
  const again = ratio(filled, counted + filledIn);
  if (within(again, tolerance) || (usage < 1 && again > 1) || (usage > 1 && again < 1)) {
    return current;
  }
  const pods = Math.ceil(again * (counted + filledIn));
  return (again < 1 && pods > current) || (again > 1 && pods < current) ? current : pods;
}

function within(ratio: number, { up, down }: Tolerance): boolean {
  return 1 - down <= ratio && ratio <= 1 + up;
}
