import { EXIT, TidegateError, codeOf } from '../../kit/errors.ts';
import { humanDuration } from '../../kit/duration.ts';
import { modelOf, replicasFor } from '../../lab/backtest/model-of.ts';
import type { KnownModel } from '../../lab/backtest/model-of.ts';
import { durationMs } from '../../lab/backtest/rate.ts';
import { capacityRps } from '../../lab/backtest/service-model.ts';
import type { PlannedTrace } from '../../lab/backtest/simulate.ts';
import type { Trace } from '../../lab/backtest/trace.ts';
import { tickFor } from '../../lab/backtest/tick.ts';
import { readTraceFile } from '../../lab/backtest/trace-reader.ts';
import { numberText } from '../../lab/report/value-text.ts';
import { badSimulation } from './simulate-options.ts';
import type { TraceFile } from './simulate-plan.ts';

export interface ReadTraces {
  readonly traces: readonly PlannedTrace[];
  /** Sentences. */
  readonly warnings: readonly string[];
}

/** Reads all of them, each with the model it is replayed against. @throws TidegateError BAD_TRACE, TRACE_UNREADABLE, BAD_OPTION */
export async function readTraces(
  files: readonly TraceFile[],
  known: readonly KnownModel[],
  {
    signal,
    tickMs,
    onProgress,
  }: {
    readonly signal: AbortSignal;
    readonly tickMs: number | null;
    readonly onProgress?: (name: string, done: number) => void;
  },
): Promise<ReadTraces> {
  const traces: PlannedTrace[] = [];
  const warnings: string[] = [];
  for (const { name, path, origin, multiply } of files) {
    const { trace, filledIn } = await readTraceFile(path, name, {
      signal,
      onProgress: (done) => onProgress?.(name, done),
    }).catch((thrown: unknown) => {
      throw unreadable(path, thrown);
    });
    if (filledIn > 0)
      warnings.push(
        `${name}: ${filledIn} ${filledIn === 1 ? 'step is' : 'steps are'} missing in the file and a straight line here.`,
      );
    const planned = plannedTrace(trace, { origin, multiply, known, tickMs });
    traces.push(planned);
    warnings.push(...warningsOf(planned));
  }
  return { traces, warnings };
}

/** A trace with its model. @throws TidegateError BAD_OPTION where it cannot be replayed */
export function plannedTrace(
  trace: Trace,
  {
    origin,
    multiply,
    known,
    tickMs: asked,
  }: { origin: string; multiply: number; known: readonly KnownModel[]; tickMs: number | null },
): PlannedTrace {
  const peakRps = peakOf(trace) * multiply;
  const model = modelOf(peakRps, known);
  const { min, max } = model;
  if (min > max)
    throw badSimulation(
      `A minimum of ${min} replicas is above the maximum of ${max}.`,
      'Give both: --min and --max; or --no-config to leave the configuration aside.',
    );
  if (replicasFor(peakRps, model) > MOST_REPLICAS)
    throw badSimulation(
      `${trace.name} would need ${numberText(replicasFor(peakRps, model))} replicas at its peak of ${numberText(peakRps)}/s; more than ${numberText(MOST_REPLICAS)} are not replayed.`,
      'Give a smaller --multiply, or a shorter --service-time.',
    );
  const tickMs = asked ?? tickFor(trace, model);
  if (durationMs(trace) < tickMs)
    throw badSimulation(
      `${trace.name} lasts ${humanDuration(durationMs(trace))}, less than a tick of ${humanDuration(tickMs)}.`,
      'Give a shorter --tick, or a longer trace.',
    );
  if (durationMs(trace) / tickMs > MOST_TICKS)
    throw badSimulation(
      `${trace.name} is ${humanDuration(durationMs(trace))} long; more than ${numberText(MOST_TICKS)} ticks are not replayed.`,
      'Replay a part of it.',
    );
  return { trace, origin, multiply, model, tickMs };
}

/** What makes a comparison say little. */
export function warningsOf({ trace, multiply, model }: PlannedTrace): readonly string[] {
  const peakRps = peakOf(trace) * multiply;
  const needed = replicasFor(peakRps, model);
  const enough = Math.ceil((multiply * MANY_REPLICAS * capacityRps(model)) / peakRps);
  const warnings: string[] = [];
  if (peakRps === 0) warnings.push(`${trace.name}: nobody asks for anything.`);
  else if (needed <= 1)
    warnings.push(
      `${trace.name}: one replica carries the peak of ${numberText(peakRps)}/s, so there is nothing to decide; --multiply ${enough} makes more of it.`,
    );
  if (needed > model.max)
    warnings.push(
      `${trace.name}: the peak needs ${numberText(needed)} replicas and the maximum is ${numberText(model.max)}; --max gives more, --multiply asks for less, --no-config leaves the configuration aside.`,
    );
  if (model.min === model.max)
    warnings.push(
      `${trace.name}: minimum and maximum are both ${model.min}; there is nothing to decide.`,
    );
  return warnings;
}

// Private

/** So many at the peak show what a policy is worth. */
const MANY_REPLICAS = 20;

const MOST_REPLICAS = 100_000;

/** Half an hour of one core. */
const MOST_TICKS = 300_000_000;

function peakOf({ rps }: Trace): number {
  let peak = 0;
  for (const rate of rps) if (rate > peak) peak = rate;
  return peak;
}

/** An error of the file system is one of the trace's name. */
function unreadable(path: string, thrown: unknown): unknown {
  const code = codeOf(thrown);
  if (thrown instanceof TidegateError || code === undefined || code === 'ABORT_ERR') return thrown;
  const why = REASONS[code];
  return new TidegateError(
    'TRACE_UNREADABLE',
    `The trace ${path} cannot be read: ${why ?? code}.`,
    {
      hint: 'Name a CSV file t_seconds,requests_per_second, or a trace that comes along: tidegate simulate --trace worldcup',
      exitCode: EXIT.usage,
      ...(why === undefined ? { cause: thrown } : {}),
    },
  );
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a folder',
  EACCES: 'it is not ours to read',
};
