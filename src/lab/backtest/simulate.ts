import type { ScaleSpec } from '../../spec/spec.ts';
import { REFERENCE, contenderNamed } from './contenders.ts';
import { durationMs } from './rate.ts';
import type { Replay } from './replay.ts';
import { costsAtSlo, meanCosts, scoreRun } from './score.ts';
import type { ServiceModel } from './service-model.ts';
import type { ScoredRun, Simulation, TraceResult } from './simulation.ts';
import { scaleNamed } from './tidegate-scale.ts';
import type { Trace } from './trace.ts';
import type { Job } from './workers/job.ts';
import { runJobs } from './workers/pool.ts';
import type { PoolOptions } from './workers/pool.ts';

/** What is to be replayed. */
export interface SimulationPlan {
  readonly traces: readonly PlannedTrace[];
  /** Names of contenders, the reference among them. */
  readonly policies: readonly string[];
  readonly sweep: boolean;
  /** Null: by the length of the trace. */
  readonly seeds: number | null;
  readonly hold: boolean;
  /** The rules of the user's own service; null: none is known. */
  readonly scale: ScaleSpec | null;
  readonly wantsTimelines: boolean;
}

export interface PlannedTrace {
  readonly trace: Trace;
  /** Where it is from, in words. */
  readonly origin: string;
  readonly multiply: number;
  readonly model: ServiceModel;
  readonly tickMs: number;
}

/** How far a simulation is. */
export interface SimulationProgress {
  readonly jobs: number;
  readonly ended: number;
  /** 0..1, of all the ticks. */
  readonly done: number;
}

export type SimulateOptions = Omit<PoolOptions, 'onProgress'> & {
  readonly onProgress?: (progress: SimulationProgress) => void;
};

/** Replays every trace with every policy, setting and seed. @throws TidegateError REPLAY_BROKEN, or the signal's reason */
export async function simulate(
  plan: SimulationPlan,
  { onProgress, ...pool }: SimulateOptions = {},
): Promise<Simulation> {
  const { traces, hold } = plan;
  const jobs = jobsOf(plan);
  const follow = onProgress && progressOf(plan, jobs, onProgress);
  const replays = await runJobs(
    jobs,
    { traces, hold },
    { ...pool, ...(follow ? { onProgress: follow } : {}) },
  );
  return simulationOf(plan, jobs, replays);
}

/** How many seeds a trace needs, by its length: chance evens out over a long one. */
export function seedsFor(trace: Trace): number {
  const hours = durationMs(trace) / 3_600_000;
  if (hours <= 6) return 5;
  return hours <= 48 ? 3 : 1;
}

// Private

/** As many as a picture is wide. */
const TIMELINE_POINTS = 600;

/** The clairvoyant first, then the longest: what is left to the end should be short. */
function jobsOf({
  traces,
  policies,
  sweep,
  seeds,
  scale: own,
  wantsTimelines,
}: SimulationPlan): readonly Job[] {
  const jobs = traces.flatMap(({ trace, model }, index) =>
    policies.flatMap((policy) =>
      targetsOf(policy, sweep).flatMap((target) => {
        const scale = scaleNamed(policy, target, model, own);
        return Array.from({ length: seeds ?? seedsFor(trace) }, (_, seed) => ({
          trace: index,
          policy,
          target,
          scale,
          seed: seed + 1,
          timelinePoints: wantsTimelines && target === null && seed === 0 ? TIMELINE_POINTS : 0,
        }));
      }),
    ),
  );
  const lengthOf = (job: Job): number => {
    const planned = traces[job.trace];
    return planned ? durationMs(planned.trace) : 0;
  };
  const first = (job: Job): number => (job.policy === REFERENCE ? 0 : 1);
  return jobs.sort((a, b) => first(a) - first(b) || lengthOf(b) - lengthOf(a));
}

/** As it comes, and in a sweep each setting of its knob that is another one. */
function targetsOf(policy: string, sweep: boolean): readonly (number | null)[] {
  const { settings, asItComes } = contenderNamed(policy);
  return sweep ? [null, ...settings.filter((setting) => setting !== asItComes)] : [null];
}

/** Weighs a job by its length. */
function progressOf(
  { traces }: SimulationPlan,
  jobs: readonly Job[],
  onProgress: (progress: SimulationProgress) => void,
): (index: number, done: number) => void {
  const weights = jobs.map(({ trace }) => durationMs((traces[trace] as PlannedTrace).trace));
  const all = weights.reduce((sum, weight) => sum + weight, 0);
  const parts = new Float64Array(jobs.length);
  let ended = 0;
  let sum = 0;
  return (index, done) => {
    sum += (done - (parts[index] as number)) * (weights[index] as number);
    parts[index] = done;
    if (done === 1) ended++;
    onProgress({ jobs: jobs.length, ended, done: Math.min(1, sum / all) });
  };
}

function simulationOf(
  plan: SimulationPlan,
  jobs: readonly Job[],
  replays: readonly Replay[],
): Simulation {
  const { traces, policies, sweep } = plan;
  const of = (trace: number, policy: string, setting: number | null): readonly Replay[] => {
    const target = setting === contenderNamed(policy).asItComes ? null : setting;
    return jobs.flatMap((job, index) =>
      job.trace === trace && job.policy === policy && job.target === target
        ? [replays[index] as Replay]
        : [],
    );
  };
  const results: ScoredRun[] = [];
  const told = traces.map((planned, index): TraceResult => {
    const { name } = planned.trace;
    const reference = of(index, REFERENCE, null);
    const runs = policies.flatMap((policy) =>
      [null, ...(sweep ? contenderNamed(policy).settings : [])].map((target) =>
        scoreRun({ trace: name, policy, target }, of(index, policy, target), reference),
      ),
    );
    results.push(...runs);
    return {
      ...factsOf(planned),
      seeds: reference.length,
      summary: sweep ? costsAtSlo(runs, policies) : unknownCosts(policies),
      timelines: plan.wantsTimelines
        ? policies.map((policy) => ({ policy, points: of(index, policy, null)[0]?.timeline ?? [] }))
        : [],
    };
  });
  const summary = sweep
    ? meanCosts(
        told.map((trace) => trace.summary),
        policies,
      )
    : unknownCosts(policies);
  return { results, summary, traces: told };
}

function unknownCosts(policies: readonly string[]): TraceResult['summary'] {
  return policies.map((policy) => ({
    policy,
    costAt1Percent: null,
    costAt01Percent: null,
    costAt1PercentOrStatic: null,
  }));
}

function factsOf({
  trace,
  origin,
  multiply,
  model,
  tickMs,
}: PlannedTrace): Omit<TraceResult, 'seeds' | 'summary' | 'timelines'> {
  let [least, peak, sum] = [Infinity, 0, 0];
  for (const rps of trace.rps) {
    if (rps < least) least = rps;
    if (rps > peak) peak = rps;
    sum += rps;
  }
  return {
    name: trace.name,
    origin,
    multiply,
    stepMs: trace.stepMs,
    durationMs: durationMs(trace),
    tickMs,
    rps: {
      least: least * multiply,
      mean: (sum / trace.rps.length) * multiply,
      peak: peak * multiply,
    },
    model,
  };
}
