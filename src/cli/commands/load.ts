import type { Command } from 'commander';
import { EXIT } from '../../kit/errors.ts';
import type { LoadProgress, LoadResult } from '../../lab/load/result.ts';
import { shownUrl } from '../../lab/load/target.ts';
import type { ControlRecorder } from '../../lab/recording/record-control.ts';
import type { Recording } from '../../lab/recording/recording.ts';
import type { Claim } from '../../lab/report/report.ts';
import { projectFolder } from '../project-folder.ts';
import type { CommonOptions, Io } from '../io.ts';
import { firstAndSecondSignal } from '../lab-signals.ts';
import type { LoadOptions } from '../load/load-options.ts';
import type { LoadPlan } from '../load/load-plan.ts';

export function register(program: Command, io: Io): void {
  program
    .command('load')
    .summary('send load, say what became of it, and what the services did meanwhile')
    .description(
      'Sends HTTP/1.1 requests to URL and says how many were answered, how fast, how late they were sent, and whether the ' +
        'figures can be believed. Where URL is the gateway of the project in the current folder (or of -c), the report has ' +
        'its replicas and every decision on the same time axis. Exits 99 when an expectation is not met, 1 when no request ' +
        'at all was answered well and nothing was expected of errors or ok, or when nobody listens, 130 when interrupted.',
    )
    .argument('<url>', 'http://…, on this machine')
    .option('--rate <r>', 'open loop: requests a second, sent when they are due')
    .option('--users <n>', 'closed loop: users who ask and wait for the answer (default: 10)')
    .option('--duration <time>', 'how long (default: 10s)')
    .option(
      '--stages <stages>',
      'T:N,T:N…: in a straight line to N within T; rates, or users with --users',
    )
    .option('--trace <file>', 'open loop: the rate from a CSV file t_seconds,requests_per_second')
    .option('--speed <x>', 'plays the trace so many times as fast')
    .option('--multiply <x>', 'multiplies the rates of the trace')
    .option('--ramp <time>', 'users arrive over so long (default: 2,000 a second)')
    .option('--think <time>', 'what a user waits after an answer')
    .option('--method <method>', 'GET, or POST with a body')
    .option('--header <line>', "'name: value', may be repeated", gather)
    .option('--body <text>', 'what is sent')
    .option('--body-file <file>', 'what is sent, from a file')
    .option('--urls <file>', 'what is asked for, a line each: [WEIGHT] [METHOD] URL-or-path [BODY]')
    .option('--wait <time>', 'before the load, for somebody to listen, at most so long')
    .option('--timeout <time>', 'of one request (default: 30s)')
    .option('--max-requests <n>', 'stops after so many')
    .option('--expect <what>', "'p95<300ms', 'errors<1%', 'rps>=100'…, may be repeated", gather)
    .option('--report <file>', 'FILE.html to look at, FILE.json as data, may be repeated', gather)
    .option('--allow-remote', 'also addresses that are not loopback, of this machine or another')
    .option('-c, --config <file>', 'the configuration file of the project behind URL')
    .option('--json', 'one JSON object at the end')
    .addHelpText(
      'after',
      "\nExample:\n  tidegate load http://127.0.0.1:8080/ --rate 200 --duration 1m --expect 'p95<300ms'\n  tidegate load http://127.0.0.1:8080/ --stages 30s:50,1m:400,30s:0 --report load.html",
    )
    .action(async (url: string, given: Partial<LoadOptions> & CommonOptions) => {
      const options = { header: [], expect: [], report: [], ...given };
      const { planLoad } = await import('../load/load-plan.ts');
      process.exitCode = await load(planLoad(url, options), options, io);
    });
}

// Private

const GIVEN_UP =
  'Every request was refused, so no more were sent. A service that is coming up is waited for with --wait 30s.';

function gather(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

/** Sends it, tells what became of it, and returns the exit code. */
async function load(
  plan: LoadPlan,
  { config, json = false }: CommonOptions,
  io: Io,
): Promise<number> {
  const [{ waitForListener }, { findProject }, { recordControl }, { judge }, { showLoad }] =
    await Promise.all([
      import('../../lab/load/wait-for-listener.ts'),
      import('../../lab/recording/find-project.ts'),
      import('../../lab/recording/record-control.ts'),
      import('../load/expectations.ts'),
      import('../load/show-load.ts'),
    ]);
  const signals = firstAndSecondSignal(() => undefined);
  signals.second.addEventListener('abort', () => process.exit(EXIT.interrupted));
  const view = json
    ? null
    : showLoad(
        { url: shownUrl(plan.target.url), asked: plan.asked, durationS: plan.durationS },
        io,
      );
  let result: LoadResult;
  let recorder: ControlRecorder | null = null;
  let recording: Recording | null;
  let hint: string | null;
  const nobody = new AbortController();
  try {
    if (plan.waitMs > 0) await waitForListener(plan.target.url, plan.waitMs, signals.first);
    // Before somebody listens nobody knows whose it is.
    const found = await findProject(plan.target.url, {
      folder: projectFolder(config),
      named: config !== undefined,
    });
    hint = found.hint;
    recorder = found.project && recordControl(found.project.client);
    result = await send(plan, AbortSignal.any([signals.first, nobody.signal]), (progress) => {
      view?.show(progress);
      if (progress.isNobodyThere) nobody.abort();
    });
  } finally {
    view?.close();
    recording = (await recorder?.stop()) ?? null;
    signals.release();
  }
  const claims = plan.expectations.map((each) => judge(each, result));
  const interrupted = signals.first.aborted;
  // A machine that stands still may be told of nobody only when all has been sent: then nothing was kept back.
  const isGivenUp = nobody.signal.aborted && result.requests < (plan.maxRequests ?? Infinity);
  const given = [hint, isGivenUp ? GIVEN_UP : null].filter((each) => each !== null);
  const account = { plan, result, claims, recording, given, interrupted };
  // What was expected was expected of a load that was not sent.
  const isSent = !isGivenUp || interrupted;
  const code = isSent ? exitCodeOf(plan, result, claims, interrupted) : EXIT.failed;
  // It stands, too, where the reader goes in the middle of what is printed.
  process.exitCode = code;
  return (await tell(account, json, io)) ? code : EXIT.failed;
}

async function send(
  { target, loop, maxRequests }: LoadPlan,
  signal: AbortSignal,
  onProgress: (progress: LoadProgress) => void,
): Promise<LoadResult> {
  const common = { signal, onProgress, ...(maxRequests === null ? {} : { maxRequests }) };
  if (loop.kind === 'open') {
    const { runOpenLoop } = await import('../../lab/load/open-loop.ts');
    return runOpenLoop(target, { ...common, stages: loop.stages });
  }
  const { runClosedLoop } = await import('../../lab/load/closed-loop.ts');
  return runClosedLoop(target, { ...common, stages: loop.stages, thinkMs: loop.thinkMs });
}

interface Account {
  readonly plan: LoadPlan;
  readonly result: LoadResult;
  readonly claims: readonly Claim[];
  readonly recording: Recording | null;
  /** Sentences that stand beside the figures. */
  readonly given: readonly string[];
  readonly interrupted: boolean;
}

/** False: a report could not be written. */
async function tell(account: Account, json: boolean, io: Io): Promise<boolean> {
  const [{ loadReport }, { gapSentences }, { movesOf }, { writeReports }, { resultLines }] =
    await Promise.all([
      import('../../lab/report/load-report.ts'),
      import('../../lab/report/recorded.ts'),
      import('../../lab/report/service-moves.ts'),
      import('../load/report-files.ts'),
      import('../load/result-lines.ts'),
    ]);
  const { plan, result, claims, recording, given, interrupted } = account;
  const { asked } = plan;
  const services = recording && movesOf(recording, result);
  const gaps = recording ? gapSentences(recording, Date.parse(result.startedAt)) : [];
  const known = [...given, ...gaps];
  const data = { ...result, expectations: claims, asked, interrupted, services, notes: known };
  const report = loadReport({ result, asked, claims, recording, interrupted });
  const { written, problems } = writeReports(plan.reports, report, { ...data, recording });
  const notes = [...known, ...problems];
  if (json) io.out(JSON.stringify({ ...data, notes, reports: written }));
  else
    for (const line of resultLines(
      { result, asked, claims, services, notes, reports: written, interrupted },
      io.colour,
    ))
      io.out(line);
  return problems.length === 0;
}

/** A load of which nothing was answered well has failed, unless something was expected of just that. */
function exitCodeOf(
  { expectations }: LoadPlan,
  result: LoadResult,
  claims: readonly Claim[],
  interrupted: boolean,
): number {
  if (interrupted) return EXIT.interrupted;
  if (claims.some(({ met }) => !met)) return EXIT.unmet;
  const isExpected = expectations.some(({ subject }) => subject === 'errors' || subject === 'ok');
  return result.ok === 0 && !isExpected ? EXIT.failed : EXIT.done;
}
