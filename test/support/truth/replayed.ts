import { createScaler } from '../../../src/lab/backtest/create-scaler.ts';
import type { LatencyCounts } from '../../../src/lab/backtest/latency-counts.ts';
import { replay } from '../../../src/lab/backtest/replay.ts';
import type { View } from '../../../src/lab/backtest/scaler.ts';
import type { ServiceModel } from '../../../src/lab/backtest/service-model.ts';
import type { Trace } from '../../../src/lab/backtest/trace.ts';
import { resolveSpec } from '../../../src/spec/resolve.ts';
import type { PolicyName, ScaleSpec } from '../../../src/spec/spec.ts';
import type { Figures, PhaseFigures } from './figures.ts';
import { PHASES, phaseAt, SCRIPT_S } from './script.ts';
import { configOf } from './service.ts';

const SEEDS = 20;

/** The same policy with the same rules in the replay, with as many replicas at the start; means over seeds. */
export function runReplayed(policy: PolicyName, trace: Trace, model: ServiceModel): Figures {
  const own = rulesOf(policy);
  const all = createSpan(SCRIPT_S);
  const phases = PHASES.map(({ seconds }) => createSpan(seconds));
  const sums = { requests: 0, replicaSeconds: 0, peaks: 0 };
  for (let seed = 1; seed <= SEEDS; seed++) {
    const scaler = createScaler(policy, null, { trace, model, tickMs: 1_000 }, own);
    let tick = 0;
    const done = replay(
      trace,
      model,
      {
        everyMs: scaler.everyMs,
        initial: model.min,
        decide: (view) => scaler.decide(view),
        observe(view) {
          scaler.observe?.(view);
          for (const span of [all, phases[phaseAt(tick)]]) span?.add(view);
          tick++;
        },
      },
      { seed, timelinePoints: trace.rps.length },
    );
    done.timeline.forEach(({ violations }, second) => {
      for (const span of [all, phases[phaseAt(second)]]) span?.violated(violations);
    });
    sums.requests += done.requests / SEEDS;
    sums.replicaSeconds += done.replicaSeconds / SEEDS;
    sums.peaks += done.peakReplicas / SEEDS;
  }
  return {
    ...all.figures(),
    requests: sums.requests,
    replicaSeconds: sums.replicaSeconds,
    peakReplicas: sums.peaks,
    phases: phases.map((phase) => phase.figures()),
  };
}

// Private

interface Span {
  add(view: View): void;
  violated(requests: number): void;
  figures(): PhaseFigures;
}

function createSpan(seconds: number): Span {
  let latencies: LatencyCounts | undefined;
  const sums = { violations: 0, replicaSeconds: 0 };
  return {
    add(view) {
      latencies ??= view.latencies.empty();
      latencies.add(view.latencies);
      sums.replicaSeconds += view.ready + view.starting;
    },
    violated: (requests) => void (sums.violations += requests),
    figures: () => ({
      p95Ms: latencies?.percentileMs(0.95) ?? Number.NaN,
      violationRatio: sums.violations / (latencies?.total ?? 0),
      meanReplicas: sums.replicaSeconds / SEEDS / seconds,
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
