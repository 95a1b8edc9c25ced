import { replay } from '../../src/lab/backtest/replay.ts';
import type { Scaler } from '../../src/lab/backtest/scaler.ts';
import type { ServiceModel } from '../../src/lab/backtest/service-model.ts';
import { capacityRps, DEFAULT_MODEL } from '../../src/lab/backtest/service-model.ts';
import { scaleOf } from '../../src/lab/backtest/tidegate-scale.ts';
import { createTidegateScaler } from '../../src/lab/backtest/tidegate-scaler.ts';
import { createLearner } from '../../src/policy/learner.ts';

/** Both of those that learn; what share of a replica each plans with as it comes. */
export const LEARNING = { predictive: 0.7, slo: 0.8 } as const;

export interface Replayed {
  readonly policy: keyof typeof LEARNING;
  readonly service: Partial<ServiceModel>;
  /** In replicas' worth of work as the policy plans with them, at the second given. */
  readonly replicas: (second: number) => number;
  readonly hours: number;
  readonly seed: number;
}

/** The count at every second under random arrivals, everything learned as it is live. */
export function replayedCounts(given: Replayed): number[] {
  const { policy, hours, seed } = given;
  const model = { ...DEFAULT_MODEL, max: 1_000, ...given.service };
  const eachRps = capacityRps(model) * LEARNING[policy];
  const rps = Float64Array.from(
    { length: hours * 360 },
    (_, step) => eachRps * given.replicas(step * 10),
  );
  const scale = scaleOf(policy, null, model, null);
  const learner = createLearner(
    policy === 'slo' ? { ...scale, places: model.concurrency } : { ...scale, slo: null },
  );
  const scaler = createTidegateScaler(scale, { tickMs: 1_000, learner });
  const counts: number[] = [];
  const noted: Scaler = {
    ...scaler,
    decide(view) {
      const count = scaler.decide(view);
      counts.push(count);
      return count;
    },
  };
  replay({ name: 'scripted', stepMs: 10_000, rps }, model, noted, { seed, hold: true });
  return counts;
}

/** How often a count changed from growing to shrinking or back. */
export function reversals(counts: readonly number[]): number {
  let found = 0;
  let last = 0;
  for (let at = 1; at < counts.length; at++) {
    const step = Math.sign((counts[at] as number) - (counts[at - 1] as number));
    if (step === 0) continue;
    if (last !== 0 && step !== last) found++;
    last = step;
  }
  return found;
}

/** What the limit of turns allows, once a service has begun: four an hour, and there and back for each of two saved up. */
export function mostReversals(hours: number): number {
  return 4 * hours + 4;
}
