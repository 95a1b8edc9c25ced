import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createReleasers } from '../src/kit/releasers.ts';
import { runOpenLoop } from '../src/lab/load/open-loop.ts';
import { createTarget } from '../src/lab/load/target.ts';
import type { Client } from '../src/web/client.ts';
import { freePort } from '../test/support/ports.ts';
import { startServer } from './support/program.ts';
import { startProject } from './support/project.ts';
import { quantile, type BenchOptions, type BenchReport } from './support/report.ts';

export const description =
  'from a tenfold load step to the first new replica answering, policy target';

/** Each request takes 200 ms: 20 a second keep 4 in flight, 200 keep 40, where the default target is 10 a replica. */
const CALM_RPS = 20;
const STEP_RPS = 200;
/** Longer than `scale.window`, so that nothing of the step before is left in it. */
const CALM_S = 12;
const LIMIT_MS = 1500;
const GIVE_UP_S = 60;

interface Repetition {
  /** From the step to the first answer of a replica that was not there before. */
  readonly reactionMs: number;
  /** From the step to the start of that replica's process. */
  readonly startedMs: number;
  readonly failed: number;
}

export async function run({ signal, quick, say }: BenchOptions): Promise<BenchReport> {
  const repetitions = quick ? 3 : 20;
  const releasers = createReleasers();
  const traces = join(import.meta.dirname, 'results', `traces-${process.pid}`);
  try {
    mkdirSync(traces, { recursive: true });
    releasers.add('the traces', () => rmSync(traces, { recursive: true, force: true }));
    const command = [process.execPath, join(import.meta.dirname, 'support/replica.ts')] as const;
    const ownStartMs = await ownStart(command, quick ? 5 : 20);
    say(`the program alone starts in ${quantile(ownStartMs, 0.5).toFixed(0)} ms`);

    const { client, status } = await startProject(
      {
        services: {
          app: {
            command: [...command],
            env: { TRACES: traces },
            health: { path: '/health' },
            scale: { policy: 'target' },
          },
        },
      },
      releasers,
      signal,
    );
    const done: Repetition[] = [];
    while (done.length < repetitions) {
      await backToOne(client, signal);
      const repetition = await step(client, `${status.gateway.url}/slow`, traces, signal);
      done.push(repetition);
      say(`${done.length} of ${repetitions}: ${repetition.reactionMs.toFixed(0)} ms`);
    }
    return reportOf(done, ownStartMs);
  } finally {
    await releasers.releaseAll();
  }
}

// Private

/** From spawning the program to its first answered health check, several times, without Tidegate. */
async function ownStart(command: readonly [string, string], times: number): Promise<number[]> {
  const measured: number[] = [];
  while (measured.length < times) {
    const port = await freePort();
    const startedMs = performance.now();
    const server = await startServer(command, port, { PORT: `${port}`, HOST: '127.0.0.1' });
    await fetch(`http://127.0.0.1:${port}/health`);
    measured.push(performance.now() - startedMs);
    await server.kill();
  }
  return measured;
}

/** One replica, held by no pin. */
async function backToOne(client: Client, signal: AbortSignal): Promise<void> {
  await client.scale('app', 1);
  for (;;) {
    const { replicas } = await client.service('app');
    if (replicas.length === 1 && replicas[0]?.state === 'ready') break;
    await delay(100, undefined, { signal });
  }
}

/** Calm, then the step; ends when somebody new has answered. */
async function step(
  client: Client,
  url: string,
  traces: string,
  signal: AbortSignal,
): Promise<Repetition> {
  const found = new AbortController();
  const stepAt = Date.now() + CALM_S * 1000;
  const load = runOpenLoop(createTarget(url), {
    stages: [
      { atS: 0, rps: CALM_RPS },
      { atS: CALM_S, rps: CALM_RPS },
      { atS: CALM_S, rps: STEP_RPS },
      { atS: CALM_S + GIVE_UP_S, rps: STEP_RPS },
    ],
    signal: AbortSignal.any([signal, found.signal]),
  });
  try {
    // The release of the pin starts a turn of the control loop: at random, so that the step meets it at any phase.
    await delay((CALM_S - 2 - Math.random()) * 1000, undefined, { signal });
    await client.scale('app', 'auto');
    await delay(stepAt - Date.now(), undefined, { signal });
    const known = new Set(readdirSync(traces));
    const trace = await firstOther(traces, known, signal);
    found.abort();
    const { requests, ok } = await load;
    return {
      reactionMs: trace.answeredAt - stepAt,
      startedMs: trace.startedAt - stepAt,
      failed: requests - ok,
    };
  } finally {
    found.abort();
    await load;
  }
}

interface Trace {
  readonly startedAt: number;
  readonly answeredAt: number;
}

async function firstOther(
  traces: string,
  known: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<Trace> {
  const deadline = Date.now() + GIVE_UP_S * 1000;
  while (Date.now() < deadline) {
    const others = readdirSync(traces).filter((name) => !known.has(name));
    const found = others.flatMap((name) => traceIn(join(traces, name)));
    found.sort((a, b) => a.answeredAt - b.answeredAt);
    if (found[0]) return found[0];
    await delay(20, undefined, { signal });
  }
  throw new Error(`no new replica answered within ${GIVE_UP_S} s of the step`);
}

/** None while it is half written. */
function traceIn(path: string): readonly Trace[] {
  const text = readFileSync(path, 'utf8');
  return text.endsWith('}') ? [JSON.parse(text) as Trace] : [];
}

function reportOf(done: readonly Repetition[], ownStartMs: readonly number[]): BenchReport {
  const ms = (values: readonly number[]): readonly string[] =>
    [0.5, 0.95, 1].map((fraction) => quantile(values, fraction).toFixed(0));
  const own = quantile(ownStartMs, 0.5);
  const beyond = done.map(({ reactionMs }) => reactionMs - own);
  const p95 = quantile(beyond, 0.95);
  const failed = done.reduce((sum, each) => sum + each.failed, 0);
  return {
    columns: ['ms', 'p50', 'p95', 'max'],
    rows: [
      ['step to first answer of a new replica', ...ms(done.map((each) => each.reactionMs))],
      ['step to the start of its process', ...ms(done.map((each) => each.startedMs))],
      ["the program's own start, alone", ...ms(ownStartMs)],
      ['reaction less the median own start', ...ms(beyond)],
    ],
    checks: [
      {
        text: `p95 of the reaction at most ${LIMIT_MS} ms beyond the program's own start`,
        measured: `${p95.toFixed(0)} ms`,
        met: p95 <= LIMIT_MS,
      },
      { text: 'no request failed', measured: `${failed} failed`, met: failed === 0 },
    ],
    notes: [
      `${done.length} steps from ${CALM_RPS} to ${STEP_RPS} requests a second of 200 ms each, sent over keep-alive`,
      'connections by an open loop. The 200 ms of the first answer are in the reaction, the own start is without them.',
    ],
    data: { done, ownStartMs },
  };
}
