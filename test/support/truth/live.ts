import { sampleOf, startsMsOf } from '../../../src/cli/simulate/history.ts';
import { createReleasers } from '../../../src/kit/releasers.ts';
import type { HistorySample } from '../../../src/lab/backtest/learned-model.ts';
import { runOpenLoop } from '../../../src/lab/load/open-loop.ts';
import type { EndedRequest } from '../../../src/lab/load/open-loop.ts';
import { createTarget } from '../../../src/lab/load/target.ts';
import { recordControl } from '../../../src/lab/recording/record-control.ts';
import type { RecordedPoint } from '../../../src/lab/recording/recording.ts';
import type { PolicyName } from '../../../src/spec/spec.ts';
import { startProject } from '../../../bench/support/project.ts';
import type { Figures, PhaseFigures } from './figures.ts';
import { PHASES, phaseAt, SCRIPT_S, sentStages } from './script.ts';
import { configOf, TOLD } from './service.ts';

export interface Live {
  readonly figures: Figures;
  /** What the project recorded of it. */
  readonly samples: readonly HistorySample[];
  readonly startsMs: readonly number[] | null;
  /** The usual p95 where nothing waited, as the gateway measured it: without what the client and the way to it take. */
  readonly calmP95Ms: number;
  /** Kind → count. */
  readonly errors: Readonly<Record<string, number>>;
  /** What was wrong with the load itself. */
  readonly warnings: readonly string[];
  /** Decisions that the machine bound. */
  readonly boundByHost: number;
}

/** Sends the script to a real project with this policy, and measures: at the client what it waited, by the API the replicas. */
export async function runLive(policy: PolicyName, signal: AbortSignal): Promise<Live> {
  const releasers = createReleasers();
  try {
    const { client, status } = await startProject(configOf(policy), releasers, signal);
    const recorder = recordControl(client, { signal });
    const ended: EndedRequest[] = [];
    const from = Date.now();
    const load = await runOpenLoop(createTarget(status.gateway.url), {
      stages: sentStages(),
      signal,
      onEnded: (each) => void ended.push(each),
    });
    const { services, gaps } = await recorder.stop();
    const history = await client.history('app', { from, to: Date.now(), limit: 10_000 });
    const samples = history.points.map(sampleOf);
    const app = services[0];
    if (!app || gaps.length > 0) throw new Error('the control plane was away for a while');
    return {
      figures: figuresOf(ended, app.points, from),
      samples,
      calmP95Ms: calmP95Of(samples),
      startsMs: startsMsOf(history),
      errors: load.errors,
      warnings: load.warnings,
      boundByHost: app.decisions.filter(({ binding }) => binding === 'guard').length,
    };
  } finally {
    await releasers.releaseAll();
  }
}

// Private

function figuresOf(
  ended: readonly EndedRequest[],
  points: readonly RecordedPoint[],
  from: number,
): Figures {
  const counts = countsOf(points, from, ({ ready, starting }) => ready + starting);
  const all = countsOf(points, from, (each) => each.ready + each.starting + each.draining);
  const of = (requests: readonly EndedRequest[], seconds: readonly number[]): PhaseFigures => ({
    p95Ms: percentileMs(requests, 0.95),
    violationRatio: requests.filter(isLate).length / requests.length,
    meanReplicas: sum(seconds) / seconds.length,
  });
  return {
    ...of(ended, counts),
    requests: ended.length,
    replicaSeconds: sum(all),
    peakReplicas: Math.max(...all),
    phases: PHASES.map((_, phase) =>
      of(
        ended.filter((each) => phaseAt(begunS(each)) === phase),
        counts.filter((_count, second) => phaseAt(second) === phase),
      ),
    ),
  };
}

function calmP95Of(samples: readonly HistorySample[]): number {
  const calm = samples.flatMap(({ queued, latencyP95Ms }) =>
    queued === 0 && latencyP95Ms !== null ? [latencyP95Ms] : [],
  );
  return calm.sort((a, b) => a - b)[Math.floor(calm.length / 2)] ?? Number.NaN;
}

/** When it began to be served. */
function begunS({ dueMs, latencyMs }: EndedRequest): number {
  return (dueMs + Math.max(0, latencyMs - TOLD.serviceMs)) / 1_000;
}

function isLate({ outcome, latencyMs }: EndedRequest): boolean {
  return outcome !== 'ok' || latencyMs > TOLD.sloMs;
}

/** Second by second, as it was told last. */
function countsOf(
  points: readonly RecordedPoint[],
  from: number,
  count: (point: RecordedPoint) => number,
): readonly number[] {
  return Array.from({ length: SCRIPT_S }, (_, second) => {
    const last = points.findLast(({ at }) => at <= from + (second + 1) * 1_000) ?? points[0];
    return last ? count(last) : Number.NaN;
  });
}

function percentileMs(requests: readonly EndedRequest[], fraction: number): number {
  const sorted = requests.map(({ latencyMs }) => latencyMs).sort((a, b) => a - b);
  return sorted[Math.ceil(fraction * sorted.length) - 1] ?? Number.NaN;
}

function sum(values: readonly number[]): number {
  return values.reduce((all, value) => all + value, 0);
}
