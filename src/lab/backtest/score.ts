import { WITHOUT_SCALING } from './contenders.ts';
import type { Replay } from './replay.ts';
import type { CostAtSlo, RunResult } from './result.ts';
import type { Interval, ScoredRun } from './simulation.ts';

/** The bounds on violations at which costs are compared. */
export const LIMITS = { bad: 0.01, poor: 0.001 } as const;

/** What one policy at one setting made of one trace, from its replays and those of the clairvoyant, seed by seed. */
export function scoreRun(
  run: Pick<RunResult, 'trace' | 'policy' | 'target'>,
  replays: readonly Replay[],
  reference: readonly Replay[],
): ScoredRun {
  const total = (all: readonly Replay[], of: (replay: Replay) => number): number =>
    all.reduce((sum, replay) => sum + of(replay), 0);
  const most = (of: (replay: Replay) => number): number => Math.max(...replays.map(of));
  const requests = total(replays, (each) => each.requests);
  const violations = total(replays, (each) => each.violations);
  const replicaSeconds = total(replays, (each) => each.replicaSeconds);
  const ratios = replays.map((each) => ratio(each.violations, each.requests));
  const costs = replays.map((each, seed) =>
    ratio(each.replicaSeconds, reference[seed]?.replicaSeconds ?? 0),
  );
  return {
    ...run,
    requests,
    violations,
    violationRatio: ratio(violations, requests),
    replicaSeconds,
    costVsClairvoyant: ratio(
      replicaSeconds,
      total(reference, (each) => each.replicaSeconds),
    ),
    reversalsPerHour: ratio(
      total(replays, (each) => each.reversals),
      total(replays, (each) => each.hours),
    ),
    peakReplicas: most((each) => each.peakReplicas),
    worst5MinutesRatio: most((each) => each.worst5MinutesRatio),
    intervals:
      replays.length < 2
        ? null
        : { violationRatio: intervalOf(ratios), costVsClairvoyant: intervalOf(costs) },
  };
}

/** The cheapest of a policy's settings with at most so many violations; null: there is none, or nobody asked for anything. */
export function cheapestWithin<Run extends RunResult>(
  runs: readonly Run[],
  limit: number,
): Run | null {
  return runs.reduce<Run | null>(
    (best, run) =>
      run.requests > 0 &&
      run.violationRatio <= limit &&
      (!best || run.costVsClairvoyant < best.costVsClairvoyant)
        ? run
        : best,
    null,
  );
}

/** Whether it keeps the bound in these seeds and might not in others: 95 % of the means reach beyond it. */
export function isByChance({ intervals }: Pick<ScoredRun, 'intervals'>, limit: number): boolean {
  return intervals !== null && intervals.violationRatio[1] > limit;
}

/** What each of the policies costs at equal violations on one trace. */
export function costsAtSlo(
  runs: readonly RunResult[],
  policies: readonly string[],
): readonly CostAtSlo[] {
  const costOf = (policy: string, limit: number): number | null => {
    const own = runs.filter((run) => run.policy === policy);
    return cheapestWithin(own, limit)?.costVsClairvoyant ?? null;
  };
  const unscaled = costOf(WITHOUT_SCALING, LIMITS.bad);
  return policies.map((policy) => {
    const costAt1Percent = costOf(policy, LIMITS.bad);
    return {
      policy,
      costAt1Percent,
      costAt01Percent: costOf(policy, LIMITS.poor),
      costAt1PercentOrStatic: costAt1Percent ?? unscaled,
    };
  });
}

/** The geometric mean over traces; not reachable where it is so on one of them. */
export function meanCosts(
  traces: readonly (readonly CostAtSlo[])[],
  policies: readonly string[],
): readonly CostAtSlo[] {
  const mean = (policy: string, of: (cost: CostAtSlo) => number | null): number | null => {
    const costs = traces.map((costs) => {
      const own = costs.find((each) => each.policy === policy);
      return own ? of(own) : null;
    });
    if (costs.length === 0) return null;
    let logs = 0;
    for (const cost of costs) {
      if (cost === null) return null;
      logs += Math.log(cost);
    }
    return Math.exp(logs / costs.length);
  };
  return policies.map((policy) => ({
    policy,
    costAt1Percent: mean(policy, (cost) => cost.costAt1Percent),
    costAt01Percent: mean(policy, (cost) => cost.costAt01Percent),
    costAt1PercentOrStatic: mean(policy, (cost) => cost.costAt1PercentOrStatic),
  }));
}

// Private

/** Nothing of nothing is none. */
function ratio(part: number, whole: number): number {
  return whole > 0 ? part / whole : 0;
}

/** Student's t at 97.5 %, by degrees of freedom; beyond these the normal distribution's. */
const STUDENT = [
  12.71, 4.3, 3.18, 2.78, 2.57, 2.45, 2.36, 2.31, 2.26, 2.23, 2.2, 2.18, 2.16, 2.14, 2.13,
];
const NORMAL = 1.96;

/** 95 % of the mean over seeds, never below 0. */
function intervalOf(values: readonly number[]): Interval {
  const count = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (count - 1);
  const half = (STUDENT[count - 2] ?? NORMAL) * Math.sqrt(variance / count);
  return [Math.max(0, mean - half), mean + half];
}
