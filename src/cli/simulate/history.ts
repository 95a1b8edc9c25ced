import { humanDuration } from '../../kit/duration.ts';
import { EXIT, TidegateError } from '../../kit/errors.ts';
import { traceOfHistory } from '../../lab/backtest/history-trace.ts';
import { learnModel } from '../../lab/backtest/learned-model.ts';
import type { HistorySample } from '../../lab/backtest/learned-model.ts';
import type { KnownModel } from '../../lab/backtest/model-of.ts';
import { nearest } from '../../spec/nearest.ts';
import type { Client } from '../../web/client.ts';
import type { History, HistoryPoint } from '../../web/contract.ts';
import { connect } from '../connect.ts';
import { usage } from '../errors.ts';
import { plannedTrace, warningsOf } from './read-traces.ts';
import type { ReadTraces } from './read-traces.ts';

export interface HistoryAsked {
  readonly config: string | undefined;
  /** Null: the only one there is. */
  readonly service: string | null;
  /** What is known already; what the options say stands last. */
  readonly known: readonly KnownModel[];
  /** Null: by the length of the trace. */
  readonly tickMs: number | null;
}

/**
 * The trace and the model in what the running project recorded.
 * @throws TidegateError CONTROL_NOT_RUNNING, UNKNOWN_SERVICE, SERVICE_UNNAMED, HISTORY_EMPTY
 */
export async function readHistory(
  { from, to, multiply }: { from: number | null; to: number | null; multiply: number },
  { config, service: named, known, tickMs }: HistoryAsked,
): Promise<ReadTraces & { readonly notes: readonly string[] }> {
  const client = await connect(config);
  const name = await serviceNamed(client, named);
  const history = await recordedOf(client, name, from, to);
  const samples = history.points.map(sampleOf);
  const found = traceOfHistory(name, samples);
  if (!found) throw nothingRecorded(name, from !== null || to !== null);
  const { trace, filledIn, isPart } = found;
  const { stepMs } = trace;
  const learned = learnModel({ samples, stepMs, startsMs: startsMsOf(history) });
  const planned = plannedTrace(trace, {
    origin: `recorded from ${momentText(found.from)}`,
    multiply,
    // What somebody wrote down is meant; what was seen is better than what is supposed of every service.
    known: [learned.known, ...known],
    tickMs,
  });
  const gaps = [
    ...(filledIn > 0 ? [`${name}: ${filledIn} missing steps are a straight line here.`] : []),
    ...(isPart
      ? [`${name}: more was recorded, but with gaps; replayed is the longest part without one.`]
      : []),
  ];
  return {
    traces: [planned],
    warnings: [...gaps, ...warningsOf(planned)],
    notes: [
      `Recorded in steps of ${humanDuration(trace.stepMs)} from ${momentText(found.from)} on; what was recorded longer ago is kept in coarser steps.`,
      `Of the service ${learned.words.join('; ')}. What the configuration and options such as --service-time say comes first.`,
      ...(isGuessed(learned.known, known) ? [GUESSED] : []),
    ],
  };
}

/** How many it serves at once was seen in its CPU alone, and nobody says otherwise. */
export function isGuessed(learned: KnownModel, known: readonly KnownModel[]): boolean {
  return (
    learned.concurrency !== undefined && known.every(({ concurrency }) => concurrency === undefined)
  );
}

/** What each replica took to start; null: an older version answers, which does not say. */
export function startsMsOf({ starts }: Pick<History, 'starts'>): readonly number[] | null {
  return starts?.map(({ tookMs }) => tookMs) ?? null;
}

/** As a back-test takes it: what is not there was not measured. */
export function sampleOf({ at, signals, ...point }: HistoryPoint): HistorySample {
  const { rps = null, concurrency = null, queued = null, cpu = null } = signals;
  const { latencyP50Ms = null, latencyP95Ms = null } = signals;
  const { ready, desired, arrivedRps } = point;
  return {
    at: Date.parse(at),
    ready,
    desired,
    rps,
    arrivedRps,
    concurrency,
    queued,
    cpu,
    latencyP50Ms,
    latencyP95Ms,
  };
}

// Private

const GUESSED =
  'A CPU does not show what a program waits for (a database, a lock, a limit of its own): where a replica serves fewer at once, say so with --concurrency.';

/** As long as samples are kept, and as many as are handed out. */
const KEPT_MS = 60 * 86_400_000;
const MOST_POINTS = 99_999;

/** What is kept second by second, but for a minute: it is asked for a little later than it is named. */
const RECENT_MS = 7_200_000 - 60_000;

async function serviceNamed(client: Client, named: string | null): Promise<string> {
  const names = (await client.services()).map(({ name }) => name);
  if (named !== null) {
    if (names.includes(named)) return named;
    const meant = nearest(named, names);
    throw usage(
      'UNKNOWN_SERVICE',
      `There is no service ${named} in the running project.`,
      meant === undefined ? `There are: ${names.join(', ')}.` : `Did you mean ${meant}?`,
    );
  }
  const [only, ...more] = names;
  if (only !== undefined && more.length === 0) return only;
  throw usage(
    'SERVICE_UNNAMED',
    'Say which service: the project has several.',
    `--service with one of ${names.join(', ')}.`,
  );
}

/** In the finest steps that are still kept for all of it. */
async function recordedOf(
  client: Client,
  name: string,
  from: number | null,
  to: number | null,
): Promise<History> {
  const end = to ?? Date.now();
  const ask = (begin: number): Promise<History> =>
    client.history(name, { from: begin, to: end, limit: MOST_POINTS });
  if (from !== null) return ask(from);
  const all = await ask(end - KEPT_MS);
  const recent = await ask(end - RECENT_MS);
  const firsts = [all.points[0], recent.points[0]];
  const oldest = Math.min(...firsts.map((point) => momentOf(point) ?? Infinity));
  if (!Number.isFinite(oldest)) return all;
  return oldest >= end - RECENT_MS ? recent : ask(oldest);
}

function momentOf(point: HistoryPoint | undefined): number | null {
  return point ? Date.parse(point.at) : null;
}

function momentText(at: number): string {
  return new Date(at).toISOString().replace('T', ' ').replace(/\..*/, ' UTC');
}

function nothingRecorded(name: string, isPart: boolean): TidegateError {
  return new TidegateError(
    'HISTORY_EMPTY',
    `Nothing was recorded of ${name}${isPart ? ' in that time' : ' yet'}.`,
    {
      hint: isPart
        ? 'Samples are kept for 60 days: give another --from and --to, or leave them out.'
        : 'Samples come each second while the project runs: wait a little, or replay a file with --trace.',
      exitCode: EXIT.failed,
    },
  );
}
