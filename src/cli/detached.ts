import { spawn } from 'node:child_process';
import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { MINUTE, SECOND } from '../kit/clock.ts';
import { EXIT, TidegateError, codeOf } from '../kit/errors.ts';
import { prepareProject } from '../prepare-project.ts';
import type { Spec } from '../spec/spec.ts';
import { createClient, findControl } from '../web/client.ts';
import type { Problem, ServiceStatus, Status } from '../web/contract.ts';
import { wakesFor } from './asleep-text.ts';
import type { Said } from './foreground.ts';
import type { Io } from './io.ts';
import { replicasText } from './numbers.ts';

export interface DetachedOptions {
  readonly spec: Spec;
  /** The command line of the background process, without the program. */
  readonly args: readonly string[];
  /** Another control plane runs and has to leave first. */
  readonly replace: boolean;
  readonly json: boolean;
}

/** Beyond the longest start-up: HAProxy, the state file, the first probe. */
const SLACK_MS = 15 * SECOND;

/** Data is made, or gone through after a crash, before anything else is started. */
const DATABASES_MS = MINUTE;

/** One that does not leave is killed after ten seconds. */
const REPLACE_MS = 15 * SECOND;

/**
 * Starts the control plane in the background and waits until every service has its minimum ready.
 * @throws TidegateError what kept it from starting, or NOT_READY with the services that are not; the rest goes on
 */
export async function upDetached(
  { spec, args, replace, json }: DetachedOptions,
  io: Io,
): Promise<void> {
  const log = prepareProject(spec.folder).backgroundLog;
  const output = openSync(log, 'a', 0o600);
  const startsAt = fstatSync(output).size;
  const main = fileURLToPath(
    new URL(import.meta.url.endsWith('.ts') ? 'start.ts' : 'start.js', import.meta.url),
  );
  const child = spawn(
    process.execPath,
    [...process.execArgv, main, ...args, '--background', '--json'],
    {
      detached: true,
      stdio: ['ignore', output, output],
    },
  );
  closeSync(output);
  child.unref();
  let ended = false;
  child.once('exit', () => (ended = true));
  child.once('error', () => (ended = true));

  const status = await untilReady(
    spec,
    child.pid,
    SLACK_MS + (replace ? REPLACE_MS : 0) + (startsDatabases(spec) ? DATABASES_MS : 0),
    () => {
      if (ended) throw whyItEnded(log, startsAt);
    },
    json ? () => undefined : progress(io),
  );
  for (const sentence of whatItSaid(log, startsAt)) io.err(sentence);
  const late = status.services.filter(isLate);
  if (json) io.out(JSON.stringify(status));
  else {
    const state = late.length > 0 ? 'runs, but not all of it is ready' : 'is up';
    io.out(`${status.name} ${state}: ${status.gateway.url}   dashboard ${status.admin.url}`);
    for (const service of status.services) io.out(`  ${service.name}: ${countText(service, spec)}`);
    if (late.length === 0) io.out('`tidegate down` stops it.');
  }
  if (late.length > 0) {
    if (!json) {
      for (const each of late) io.err(complaint(each));
      io.err(
        'It goes on in the background; `tidegate status` shows more, `tidegate down` ends it.',
      );
    }
    process.exitCode = EXIT.failed;
  }
}

// Private

function startsDatabases({ databases }: Spec): boolean {
  return Object.values(databases).some(({ url }) => url === null);
}

/** The status when all is ready, or when the longest start-up is over. */
async function untilReady(
  spec: Spec,
  pid: number | undefined,
  slackMs: number,
  check: () => void,
  tell: (status: Status) => void,
): Promise<Status> {
  const startupMs = Math.max(...Object.values(spec.services).map(({ health }) => health.startupMs));
  const deadline = Date.now() + startupMs + slackMs;
  for (;;) {
    check();
    const status = await statusOfOwn(spec.folder, pid);
    const over = Date.now() > deadline;
    if (status) {
      tell(status);
      const hopeless = status.services
        .filter(isLate)
        .every(({ problem }) => problem?.code === 'CRASH_LOOP');
      if (over || hopeless) return status;
    } else if (over) {
      throw new TidegateError('NOT_STARTED', 'The control plane did not come up in time.', {
        hint: 'See .tidegate/logs/control.log, or start in the foreground with `tidegate up`.',
      });
    }
    await delay(50);
  }
}

/** Null until the process we started answers for itself. */
async function statusOfOwn(folder: string, pid: number | undefined): Promise<Status | null> {
  const found = await findControl(folder);
  if (!found || found.pid !== pid) return null;
  try {
    return await createClient({ url: found.adminUrl, token: found.token }).status();
  } catch (thrown) {
    if (codeOf(thrown) === 'CONTROL_NOT_RUNNING') return null;
    throw thrown;
  }
}

function isLate({ ready, min }: ServiceStatus): boolean {
  return ready < min;
}

/** One that is pinned, or was scaled before, goes on to more than its minimum. */
function countText({ name, ready, desired, asleep }: ServiceStatus, spec: Spec): string {
  if (asleep) return `asleep until ${wakesFor(name, spec)} comes`;
  return ready < desired ? `${ready} of ${desired} ready` : `${ready} ready`;
}

function complaint({ name, ready, min, problem }: ServiceStatus): string {
  const log = problem?.log.map((line) => `\n    ${line}`).join('') ?? '';
  return `${name} is not ready: ${ready} of ${replicasText(min)}.${problem ? ` ${problem.message}${log}` : ''}`;
}

function progress(io: Io): (status: Status) => void {
  let said = '';
  const told = new Set<string>();
  return (status) => {
    const line = status.services
      .map(({ name, ready, desired }) => `${name} ${ready} of ${desired} ready`)
      .join('  ');
    if (line !== said) io.err(`starting  ${line}`);
    said = line;
    for (const { problem } of status.services.filter(isLate)) {
      if (problem && !told.has(problem.message)) io.err(problem.message);
      if (problem) told.add(problem.message);
    }
  };
}

/** What the background process had to say of its start. */
function whatItSaid(log: string, startsAt: number): readonly string[] {
  return outputOf(log, startsAt)
    .split('\n')
    .flatMap((line) => {
      try {
        const { said } = JSON.parse(line) as Partial<Said>;
        return said === undefined ? [] : [said];
      } catch {
        return [];
      }
    });
}

function outputOf(log: string, startsAt: number): string {
  return readFileSync(log).subarray(startsAt).toString('utf8').trim();
}

/** The background process leaves its error as one problem+json object on its output. */
function whyItEnded(log: string, startsAt: number): TidegateError {
  const text = outputOf(log, startsAt);
  try {
    const problem = JSON.parse(text.split('\n').at(-1) ?? '') as Problem;
    return new TidegateError(problem.code, problem.detail, {
      ...(problem.hint ? { hint: problem.hint } : {}),
      exitCode: problem.status === 400 ? EXIT.usage : EXIT.failed,
      facts: { errors: problem.errors },
    });
  } catch {
    return new TidegateError(
      'NOT_STARTED',
      `The control plane ended: ${text || 'it said nothing'}`,
    );
  }
}
