import { createScaler } from '../../../src/lab/backtest/create-scaler.ts';
import type { LatencyCounts } from '../../../src/lab/backtest/latency-counts.ts';
import { replay } from '../../../src/lab/backtest/replay.ts';
import type { View } from '../../../src/lab/backtest/scaler.ts';
import type { ServiceModel } from '../../../src/lab/backtest/service-model.ts';
import { scaleOf } from '../../../src/lab/backtest/tidegate-scale.ts';
import { tickFor } from '../../../src/lab/backtest/tick.ts';
import type { Trace } from '../../../src/lab/backtest/trace.ts';
import { resolveSpec } from '../../../src/spec/resolve.ts';
import type { PolicyName, ScaleSpec } from '../../../src/spec/spec.ts';
import type { Figures, PhaseFigures, Whole } from './figures.ts';
import { PHASES, phaseAt, SCRIPT_S } from './script.ts';
import { configOf } from './service.ts';

const SEEDS = 20;

/** Means over seeds, and what each of them came to: the live run is one such draw. */
export interface Replayed extends Figures {
  readonly ofSeeds: readonly Whole[];
}

/** The same policy with the same rules in the replay, with as many replicas at the start. */
export function runReplayed(policy: PolicyName, trace: Trace, model: ServiceModel): Replayed {
  const scale = scaleOf(policy, null, model, rulesOf(policy));
  const tickMs = tickFor(trace, model);
  const all = createSpan(SEEDS * SCRIPT_S, tickMs);
  const phases = PHASES.map(({ seconds }) => createSpan(SEEDS * seconds, tickMs));
  const ofSeeds: Whole[] = [];
  let requests = 0;
  for (let seed = 1; seed <= SEEDS; seed++) {
    const scaler = createScaler(policy, null, { trace, model, tickMs }, scale);
    const once = createSpan(SCRIPT_S, tickMs);
    let tick = 0;
    const { replicaSeconds, peakReplicas, ...done } = replay(
      trace,
      model,
      {
        everyMs: scaler.everyMs,
        initial: model.min,
        decide: (view) => scaler.decide(view),
        observe(view) {
          scaler.observe?.(view);
          const phase = phases[phaseAt((tick * tickMs) / 1_000)];
          for (const span of [all, once, phase]) span?.add(view);
          tick++;
        },
      },
      { seed, tickMs, timelinePoints: trace.rps.length },
    );
    done.timeline.forEach(({ violations }, second) => {
      for (const span of [all, once, phases[phaseAt(second)]]) span?.violated(violations);
    });
    requests += done.requests / SEEDS;
    const { p95Ms, violationRatio } = once.figures();
    ofSeeds.push({ p95Ms, violationRatio, replicaSeconds, peakReplicas });
  }
  const mean = (of: (whole: Whole) => number): number =>
    ofSeeds.reduce((sum, whole) => sum + of(whole) / SEEDS, 0);
  return {
    ...all.figures(),
    requests,
    replicaSeconds: mean(({ replicaSeconds }) => replicaSeconds),
    peakReplicas: mean(({ peakReplicas }) => peakReplicas),
    phases: phases.map((phase) => phase.figures()),
    ofSeeds,
  };
}

// Private

interface Span {
  add(view: View): void;
  violated(requests: number): void;
  figures(): PhaseFigures;
}

function createSpan(seconds: number, tickMs: number): Span {
  let latencies: LatencyCounts | undefined;
  const sums = { violations: 0, replicaSeconds: 0 };
  return {
    add(view) {
      latencies ??= view.latencies.empty();
      latencies.add(view.latencies);
      sums.replicaSeconds += ((view.ready + view.starting) * tickMs) / 1_000;
    },
    violated: (requests) => void (sums.violations += requests),
    figures: () => ({
      p95Ms: latencies?.percentileMs(0.95) ?? Number.NaN,
      violationRatio: sums.violations / (latencies?.total ?? 0),
      meanReplicas: sums.replicaSeconds / seconds,
    }),
  };
}

function rulesOf(policy: PolicyName): ScaleSpec {
  const context = { folder: '/', machine: { cores: 1, memoryBytes: 2 ** 30 } };
  const resolved = resolveSpec(configOf(policy), context);
  const scale = resolved.ok ? resolved.spec.services['app']?.scale : undefined;
  if (!scale) throw new Error(`no rules for ${policy}`);
  return scale;
}
