import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createReleasers } from '../src/kit/releasers.ts';
import type { LoadResult } from '../src/lab/load/result.ts';
import type { Client } from '../src/web/client.ts';
import { freePort } from '../test/support/ports.ts';
import { startPm2 } from './peers/pm2.ts';
import { outputOf } from './support/program.ts';
import { startProject } from './support/project.ts';
import { spread, type BenchOptions, type BenchReport } from './support/report.ts';

export const description =
  'what replacing two replicas costs keep-alive clients, beside PM2 7 reload';

const REPLICAS = 2;
const USERS = 20;
const THINK_MS = 10;
const SECONDS = 10;
const CALM_MS = 2_000;
const PROGRAM = join(import.meta.dirname, 'peers/programs/graceful.cjs');

interface Round {
  readonly load: LoadResult;
  readonly reloadMs: number;
}

interface Contender {
  readonly name: string;
  readonly url: string;
  /** Replaces all replicas; resolves when that is done. */
  reload(): Promise<void>;
}

export async function run({ signal, quick, say }: BenchOptions): Promise<BenchReport> {
  const rounds = quick ? 2 : 10;
  const releasers = createReleasers();
  try {
    const { client, status } = await startProject(
      {
        services: {
          app: {
            command: [process.execPath, PROGRAM],
            scale: { min: REPLICAS, max: REPLICAS },
          },
        },
      },
      releasers,
      signal,
    );
    const folder = mkdtempSync(join(tmpdir(), 'tidegate-bench-'));
    releasers.add('the folder of PM2', () => rmSync(folder, { recursive: true, force: true }));
    say('installing PM2 7 into a temporary folder');
    const port = await freePort();
    const pm2 = await startPm2({ folder, port, program: PROGRAM, copies: REPLICAS, signal });
    releasers.add('PM2', () => pm2.stop());

    const contenders: readonly Contender[] = [
      {
        name: 'tidegate restart',
        url: status.gateway.url,
        reload: () => restart(client, signal),
      },
      { name: 'pm2 reload', url: `http://127.0.0.1:${port}`, reload: () => pm2.reload() },
    ];
    const done = new Map<string, Round[]>(contenders.map(({ name }) => [name, []]));
    for (let round = 1; round <= rounds; round++) {
      for (const contender of contenders) {
        const measured = await measure(contender, signal);
        done.get(contender.name)?.push(measured);
        const { load, reloadMs } = measured;
        say(
          `round ${round} of ${rounds}: ${contender.name} in ${Math.round(reloadMs)} ms, ` +
            `${load.requests - load.ok} of ${load.requests} failed`,
        );
      }
    }
    return reportOf(done);
  } finally {
    await releasers.releaseAll();
  }
}

// Private

async function measure({ url, reload }: Contender, signal: AbortSignal): Promise<Round> {
  const generator = join(import.meta.dirname, 'support/generator.ts');
  const load = [url, USERS, SECONDS, THINK_MS].map(String);
  const result = outputOf([process.execPath, generator, ...load], signal);
  // Awaited below, whatever the reload does.
  result.catch(() => undefined);
  await delay(CALM_MS, undefined, { signal });
  const startedMs = performance.now();
  await reload();
  const reloadMs = performance.now() - startedMs;
  return { load: JSON.parse(await result) as LoadResult, reloadMs };
}

async function restart(client: Client, signal: AbortSignal): Promise<void> {
  const { deployment } = await client.restart('app');
  if (!deployment) throw new Error('nothing was restarted');
  for (;;) {
    const { endedAt, problem } = await client.deployment(deployment.id);
    if (problem !== null) throw new Error(problem);
    if (endedAt !== null) return;
    await delay(20, undefined, { signal });
  }
}

function reportOf(done: ReadonlyMap<string, readonly Round[]>): BenchReport {
  const failedOf = (rounds: readonly Round[]): number =>
    rounds.reduce((sum, { load }) => sum + load.requests - load.ok, 0);
  const ours = failedOf(done.get('tidegate restart') ?? []);
  return {
    columns: ['what', 'requests', 'failed', 'for each reload', 'by kind', 'p99 ms', 'it took, ms'],
    rows: [...done].map(([name, rounds]) => [
      name,
      `${rounds.reduce((sum, { load }) => sum + load.requests, 0)}`,
      `${failedOf(rounds)}`,
      spread(
        rounds.map(({ load }) => load.requests - load.ok),
        0,
      ),
      kindsOf(rounds),
      spread(rounds.map(({ load }) => load.latencyMs.p99 ?? Number.NaN)),
      spread(
        rounds.map(({ reloadMs }) => reloadMs),
        0,
      ),
    ]),
    checks: [{ text: 'tidegate restart: no request failed', measured: `${ours}`, met: ours === 0 }],
    notes: [
      `${REPLICAS} copies of a program that ends gracefully, ${USERS} keep-alive clients that ask ${THINK_MS} ms after each answer, ` +
        `for ${SECONDS} s; all copies are replaced ${CALM_MS / 1000} s after the start.`,
      'By turns in one run. The clients do not ask again when a connection breaks: that is a failed request.',
    ],
    data: Object.fromEntries(done),
  };
}

function kindsOf(rounds: readonly Round[]): string {
  const counts = new Map<string, number>();
  for (const { load } of rounds) {
    for (const [kind, count] of Object.entries(load.errors)) {
      counts.set(kind, (counts.get(kind) ?? 0) + count);
    }
  }
  return [...counts].map(([kind, count]) => `${kind} ${count}`).join(', ') || 'none';
}
