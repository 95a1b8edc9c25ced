import { messageOf, TidegateError } from '../../kit/errors.ts';
import type { Claim, Report } from '../report/report.ts';
import type { Bench } from './bench.ts';
import { createBench } from './create-bench.ts';
import { labInterrupted, labLacks, labTookTooLong } from './errors.ts';
import type { Lab, LabOutcome } from './lab.ts';
import { labReport } from './lab-report.ts';

export type NeededProgram = NonNullable<Lab['needs']>[number];

export interface RunOptions {
  /** Ends the lab and what it started, in order. */
  readonly signal: AbortSignal;
  /** Once the lab ends, nobody wants to wait for drains. */
  readonly hurry?: AbortSignal;
  /** How many clients a gateway can have at once here. Default: as many as come. */
  readonly mostClients?: number;
  /** A line of progress. */
  say(line: string): void;
  /** What brings the program, as a sentence; null: it is here. */
  lacking?(program: NeededProgram): string | null;
}

export interface LabResult {
  readonly name: string;
  readonly title: string;
  /** `unmet`: something was measured and is not as claimed; `broken`: it could not be measured. */
  readonly state: 'passed' | 'unmet' | 'broken' | 'interrupted';
  readonly passed: boolean;
  readonly claims: readonly Claim[];
  /** Why it broke, or what could not be ended; null: neither. */
  readonly problem: LabProblem | null;
  readonly durationS: number;
  readonly report: Report;
  /** What it left for whoever wants to know why: logs and the state of its projects. */
  readonly folders: readonly string[];
}

export interface LabProblem {
  readonly code: string;
  readonly message: string;
  readonly hint: string | null;
}

/** Runs one lab to its end; what goes wrong in it is in the result. Nothing runs any more when it resolves. */
export async function runLab(lab: Lab, options: RunOptions): Promise<LabResult> {
  const startedAt = Date.now();
  const time = new AbortController();
  const limitS = timeLimitS(lab);
  const timer = setTimeout(() => time.abort(labTookTooLong(limitS)), limitS * 1000);
  // What a timer throws must not end the process that has to end what the lab started.
  const onCrash = (error: unknown): void => time.abort(error);
  process.on('uncaughtException', onCrash);
  const signal = AbortSignal.any([options.signal, time.signal]);
  const hurry = options.hurry ?? new AbortController().signal;
  const bench = createBench({
    lab: lab.name,
    signal,
    hurry,
    mostClients: options.mostClients ?? Infinity,
    say: (line) => options.say(line),
  });
  const claims: Claim[] = [];
  let outcome: LabOutcome | null = null;
  let thrown: unknown = null;
  try {
    outcome = await measured(lab, bench, options);
    claims.push(...outcome.claims);
  } catch (error) {
    thrown = error ?? new Error('nothing was said');
  }
  clearTimeout(timer);
  const met = claims.length > 0 && claims.every((claim) => claim.met);
  let left: unknown = null;
  try {
    await bench.release(!met && !options.signal.aborted);
  } catch (error) {
    left = error;
  }
  process.off('uncaughtException', onCrash);
  const interrupted = options.signal.aborted && thrown !== null;
  // What runs on is said whatever else there is to say.
  const ended = left ?? (interrupted ? null : thrown);
  const problem = ended === null ? null : problemOf(ended);
  const state = interrupted ? 'interrupted' : problem ? 'broken' : met ? 'passed' : 'unmet';
  const durationS = (Date.now() - startedAt) / 1000;
  return {
    name: lab.name,
    title: lab.title,
    state,
    passed: state === 'passed',
    claims,
    problem,
    durationS,
    report: labReport(lab, { state, outcome, problem, startedAt, durationS }),
    folders: state === 'unmet' || state === 'broken' ? bench.folders : [],
  };
}

// Private

/** A busy machine may need a few times as long; what then still goes on hangs. */
function timeLimitS({ aboutS }: Lab): number {
  return Math.max(60, 4 * aboutS);
}

/** What the lab found, or what ended it: a lab that does not look at the signal is not waited for. */
async function measured(lab: Lab, bench: Bench, options: RunOptions): Promise<LabOutcome> {
  for (const program of lab.needs ?? []) {
    const hint = options.lacking?.(program) ?? null;
    if (hint !== null) throw labLacks(program, hint);
  }
  const running = lab.run(bench);
  // Once the signal has ended the race, nobody waits for it any more.
  running.catch(() => undefined);
  return await Promise.race([running, aborted(bench, options.signal)]);
}

function aborted({ signal }: Bench, interrupted: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const end = (): void => reject(interrupted.aborted ? labInterrupted() : signal.reason);
    if (signal.aborted) end();
    signal.addEventListener('abort', end, { once: true });
  });
}

function problemOf(thrown: unknown): LabProblem {
  const known = knownIn(thrown);
  return {
    code: known?.code ?? 'LAB_BROKE',
    message: messageOf(thrown),
    hint: known?.hint ?? null,
  };
}

/** It, or what caused it: an end that failed has one failure for each project. */
function knownIn(thrown: unknown): TidegateError | null {
  if (thrown instanceof TidegateError) return thrown;
  if (thrown instanceof AggregateError) return knownIn(thrown.errors[0]);
  return thrown instanceof Error ? knownIn(thrown.cause) : null;
}
