import type { Replay } from './replay.ts';
import type { CostAtSlo } from './result.ts';

/** What a setting costs and how often it fails. */
export interface Priced {
  readonly violationRatio: number;
  readonly costVsClairvoyant: number;
}

/** Of several seeds: counts add up, ratios are those of the sums, the worst five minutes are the median of the worst. */
export interface Scored extends Priced {
  readonly requests: number;
  readonly violations: number;
  readonly replicaSeconds: number;
  readonly reversalsPerHour: number;
  readonly peakReplicas: number;
  readonly worst5MinutesRatio: number;
  readonly violatingMinutesRatio: number;
}

/** @param replays one a seed; @param clairvoyant of the same seeds */
export function scoreOf(replays: readonly Replay[], clairvoyant: readonly Replay[]): Scored {
  const requests = sum(replays.map((each) => each.requests));
  const violations = sum(replays.map((each) => each.violations));
  const replicaSeconds = sum(replays.map((each) => each.replicaSeconds));
  const hours = sum(replays.map((each) => each.hours));
  return {
    requests,
    violations,
    violationRatio: requests > 0 ? violations / requests : 0,
    replicaSeconds,
    costVsClairvoyant: replicaSeconds / sum(clairvoyant.map((each) => each.replicaSeconds)),
    reversalsPerHour: hours > 0 ? sum(replays.map((each) => each.reversals)) / hours : 0,
    peakReplicas: Math.max(...replays.map((each) => each.peakReplicas)),
    worst5MinutesRatio: median(replays.map((each) => each.worst5MinutesRatio)),
    violatingMinutesRatio: median(replays.map((each) => each.violatingMinutesRatio)),
  };
}

/** The cheapest of the settings with at most `limit` violations; null: none has so few. */
export function cheapestWithin<Setting extends Priced>(
  settings: readonly Setting[],
  limit: number,
): Setting | null {
  return settings.reduce<Setting | null>((best, each) => {
    if (each.violationRatio > limit) return best;
    return best === null || each.costVsClairvoyant < best.costVsClairvoyant ? each : best;
  }, null);
}

/** The cheapest setting's cost with at most `limit` violations; null: not reachable. */
export function costAtSlo(settings: readonly Priced[], limit: number): number | null {
  return cheapestWithin(settings, limit)?.costVsClairvoyant ?? null;
}

/** What each policy costs with at most 1 % and 0.1 % violations on one trace, in the order in which they first come. */
export function costsAtSlo(
  settings: readonly (Priced & { readonly policy: string })[],
): readonly CostAtSlo[] {
  return [...new Set(settings.map(({ policy }) => policy))].map((policy) => {
    const own = settings.filter((each) => each.policy === policy);
    return { policy, costAt1Percent: costAtSlo(own, 0.01), costAt01Percent: costAtSlo(own, 0.001) };
  });
}

/** Over several traces: null where any is not reachable. */
export function geometricMean(costs: readonly (number | null)[]): number | null {
  if (costs.length === 0) return null;
  let logs = 0;
  for (const cost of costs) {
    if (cost === null) return null;
    logs += Math.log(cost);
  }
  return Math.exp(logs / costs.length);
}

/** Over several traces: what a policy cannot reach costs as much as static does there; null where that cannot either. */
export function geometricMeanOr(
  costs: readonly (number | null)[],
  ofStatic: readonly (number | null)[],
): number | null {
  return geometricMean(costs.map((cost, index) => cost ?? ofStatic[index] ?? null));
}

/**
 * Within these bounds 95 % of what other seeds would give is expected to lie (Student's prediction interval for one more
 * of a normal sample), never below 0; null where there are fewer than two.
 */
export function predictionInterval(values: readonly number[]): readonly [number, number] | null {
  const count = values.length;
  if (count < 2) return null;
  const mean = sum(values) / count;
  const variance = sum(values.map((value) => (value - mean) ** 2)) / (count - 1);
  const reach = student(count - 1) * Math.sqrt(variance * (1 + 1 / count));
  return [Math.max(0, mean - reach), mean + reach];
}

export function median(values: readonly number[]): number {
  const ascending = values.toSorted((a, b) => a - b);
  const middle = Math.floor(ascending.length / 2);
  const upper = ascending[middle] ?? Number.NaN;
  return ascending.length % 2 === 1 ? upper : ((ascending[middle - 1] ?? Number.NaN) + upper) / 2;
}

// Private

function sum(values: readonly number[]): number {
  return values.reduce((all, value) => all + value, 0);
}

/** The 97.5 % quantile of Student's t: exact where seeds are few, within 1 % beyond (Cornish and Fisher's first terms). */
function student(freedom: number): number {
  const z = 1.959964;
  return (
    EXACT[freedom - 1] ??
    z + (z ** 3 + z) / (4 * freedom) + (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * freedom ** 2)
  );
}

const EXACT = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262];
