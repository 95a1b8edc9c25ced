import { existsSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { CONTENDERS, REFERENCE } from '../../lab/backtest/contenders.ts';
import type { KnownModel } from '../../lab/backtest/model-of.ts';
import { SHIPPED_TRACES, shippedPath, shippedTrace } from '../../lab/backtest/shipped-traces.ts';
import { TICKS_MS } from '../../lab/backtest/tick.ts';
import { checkReportPath } from '../load/report-files.ts';
import { createMistakes } from '../mistakes.ts';
import type { Mistakes } from '../mistakes.ts';
import { durationOf, momentOf, wholeNumberOf } from '../moment.ts';
import { needsSweep, parseExpectation, policiesFor, unknownWord } from './expectations.ts';
import type { Expectation } from './expectations.ts';
import { badSimulation, conflictsIn } from './simulate-options.ts';
import type { SimulateOptions } from './simulate-options.ts';

export interface SimulatePlan {
  readonly source:
    | { readonly kind: 'files'; readonly files: readonly TraceFile[] }
    | {
        readonly kind: 'history';
        readonly multiply: number;
        readonly from: number | null;
        readonly to: number | null;
      };
  /** The reference is always among them, in the order in which they are told. */
  readonly policies: readonly string[];
  readonly sweep: boolean;
  /** Null: by the length of the trace. */
  readonly seeds: number | null;
  /** Null: by the length of the trace. */
  readonly tickMs: number | null;
  readonly hold: boolean;
  /** What the options say of the service. */
  readonly known: KnownModel;
  readonly expectations: readonly Expectation[];
  readonly reports: readonly string[];
}

export interface TraceFile {
  /** Unlike that of any other. */
  readonly name: string;
  readonly path: string;
  /** Where it is from, in words. */
  readonly origin: string;
  readonly multiply: number;
}

/** What the options ask for. @throws TidegateError with every mistake at once; a single one keeps its own code */
export function planSimulation(options: SimulateOptions, now: number): SimulatePlan {
  const mistakes = createMistakes();
  const { attempt } = mistakes;
  for (const problem of conflictsIn(options)) mistakes.add(badSimulation(problem));
  const source = sourceOf(options, now, mistakes);
  const expectations = options.expect.flatMap((text) => {
    const expectation = parseExpectation(text);
    if (typeof expectation !== 'string') return [expectation];
    mistakes.add(badSimulation(`--expect ${expectation}`));
    return [];
  });
  const policies = policiesOf(options, expectations, mistakes);
  checkExpectations(expectations, source, options, mistakes);
  const known = knownOf(options, mistakes);
  const seeds = attempt(() =>
    options.seeds === undefined ? null : wholeNumberOf('--seeds', options.seeds, 1, 1_000),
  );
  const tickMs = attempt(() => (options.tick === undefined ? null : tickOf(options.tick)));
  for (const path of options.report) {
    attempt(() => checkReportPath(path));
    if (options.trace.some((trace) => resolve(trace) === resolve(path)))
      mistakes.add(badSimulation(`--report ${path} would take the place of the trace`));
  }
  if (mistakes.any || !source)
    throw mistakes.all(
      'Nothing was replayed',
      'See `tidegate simulate --help` and docs/simulate.md.',
    );
  return {
    source,
    policies,
    sweep: options.sweep ?? false,
    seeds,
    tickMs,
    hold: options.hold ?? false,
    known,
    expectations,
    reports: options.report,
  };
}

// Private

const MOST_REPLICAS = 99_999;

function sourceOf(
  options: SimulateOptions,
  now: number,
  { attempt, add }: Mistakes,
): SimulatePlan['source'] | null {
  const { trace, fromHistory = false } = options;
  const multiply = attempt(() => multiplierOf(options.multiply));
  if (fromHistory) {
    const from = attempt(() => (options.from === undefined ? null : momentOf(options.from, now)));
    const to = attempt(() => (options.to === undefined ? null : momentOf(options.to, now)));
    if ((from ?? 0) >= (to ?? now))
      add(
        badSimulation('--from is not before --to', 'Moments of the past, the earlier one first.'),
      );
    return { kind: 'history', multiply: multiply ?? 1, from, to };
  }
  if (trace.length === 0) {
    const names = SHIPPED_TRACES.map(({ name }) => name).join(', ');
    add(
      badSimulation(
        'Say what to replay: a trace, or the history of a running project.',
        `Try \`tidegate simulate --trace worldcup\`. Others that come along: ${names}. Your own: --trace FILE.csv, or --from-history.`,
      ),
    );
    return null;
  }
  const files: TraceFile[] = [];
  for (const text of trace) {
    const file = attempt(() => fileOf(text, multiply));
    if (file) files.push({ ...file, name: unusedName(file.name, files) });
  }
  return { kind: 'files', files };
}

function multiplierOf(text: string | undefined): number | null {
  if (text === undefined) return null;
  const number = /^\d*\.?\d+(e\d{1,2})?$/i.test(text) ? Number(text) : Number.NaN;
  if (number > 0 && number < 1e9) return number;
  throw badSimulation(`--multiply takes a number above 0, not '${text}'`);
}

function fileOf(text: string, multiply: number | null): TraceFile {
  const shipped = shippedTrace(text);
  if (shipped)
    return {
      name: shipped.name,
      path: shippedPath(shipped),
      origin: `${shipped.file}, which comes with Tidegate`,
      multiply: multiply ?? shipped.multiply,
    };
  // A single word that is no file is a name that was meant.
  const names = SHIPPED_TRACES.map(({ name }) => name);
  if (/^[\w-]+$/.test(text) && !existsSync(text))
    throw badSimulation(
      `--trace ${text}: it is no file, and ${unknownWord('trace', text, names)}`,
      'See docs/simulate.md for those that come along; a file of your own is named with its path.',
    );
  // What a shell makes of `<(zcat x.csv.gz)`, a number there, tells nobody anything.
  const isPipe = /^\/(?:dev\/stdin|(?:dev|proc\/(?:self|\d+))\/fd\/\d+)$/.test(text);
  return {
    name: isPipe ? 'piped' : basename(text).replace(/\.csv$/i, ''),
    path: text,
    origin: isPipe ? 'read from a pipe' : text,
    multiply: multiply ?? 1,
  };
}

function unusedName(name: string, files: readonly TraceFile[]): string {
  const taken = (wanted: string): boolean => files.some((file) => file.name === wanted);
  let unused = name;
  for (let count = 2; taken(unused); count++) unused = `${name}-${count}`;
  return unused;
}

function policiesOf(
  { policy }: SimulateOptions,
  expectations: readonly Expectation[],
  { add }: Mistakes,
): readonly string[] {
  const names = CONTENDERS.map(({ name }) => name);
  for (const each of policy)
    if (!names.includes(each))
      add(badSimulation(`--policy: ${unknownWord('policy', each, names)}`));
  const chosen =
    policy.length > 0 ? policy : CONTENDERS.filter((each) => each.isUsual).map(({ name }) => name);
  const wanted = [REFERENCE, ...chosen, ...expectations.flatMap(policiesFor)];
  return names.filter((name) => wanted.includes(name));
}

function checkExpectations(
  expectations: readonly Expectation[],
  source: SimulatePlan['source'] | null,
  { sweep = false }: SimulateOptions,
  { add }: Mistakes,
): void {
  const names = source?.kind === 'files' ? source.files.map(({ name }) => name) : null;
  for (const expectation of expectations) {
    const { text, trace } = expectation;
    if (needsSweep(expectation) && !sweep)
      add(badSimulation(`--expect '${text}' needs --sweep: one setting alone does not tell it`));
    if (trace !== null && names && names.length > 0 && !names.includes(trace))
      add(badSimulation(`--expect '${text}': ${unknownWord('trace', trace, names)}`));
  }
}

function knownOf(options: SimulateOptions, { attempt, add }: Mistakes): KnownModel {
  const span = (option: string, text: string | undefined): { readonly ms: number } | null =>
    attempt(() => (text === undefined ? null : { ms: spanOf(option, text) }));
  const count = (option: string, text: string | undefined, least: number): number | null =>
    attempt(() => (text === undefined ? null : wholeNumberOf(option, text, least, MOST_REPLICAS)));
  const serviceMs = span('--service-time', options.serviceTime)?.ms;
  const startupMs = span('--startup', options.startup)?.ms;
  const sloMs = span('--slo', options.slo)?.ms;
  const timeoutMs = span('--timeout', options.timeout)?.ms;
  const concurrency = count('--concurrency', options.concurrency, 1);
  const min = count('--min', options.min, 0);
  const max = count('--max', options.max, 1);
  if (min !== null && max !== null && min > max)
    add(badSimulation(`--min ${min} is above --max ${max}`));
  return {
    ...(serviceMs === undefined ? {} : { serviceMs }),
    ...(startupMs === undefined ? {} : { startup: { medianMs: startupMs } }),
    ...(sloMs === undefined ? {} : { sloMs }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(concurrency === null ? {} : { concurrency }),
    ...(min === null ? {} : { min }),
    ...(max === null ? {} : { max }),
  };
}

const LONGEST_MS = 86_400_000;

function spanOf(option: string, text: string): number {
  const spanMs = durationOf(option, text);
  if (spanMs > 0 && spanMs <= LONGEST_MS) return spanMs;
  throw badSimulation(`${option} takes a length of time above 0 and up to a day, not '${text}'`);
}

function tickOf(text: string): number {
  const tickMs = durationOf('--tick', text);
  if (TICKS_MS.includes(tickMs)) return tickMs;
  throw badSimulation(
    `--tick takes one of ${TICKS_MS.map((ms) => (ms < 1000 ? `${ms}ms` : `${ms / 1000}s`)).join(', ')}, not '${text}'`,
  );
}
