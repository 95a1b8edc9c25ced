import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createReleasers } from '../src/kit/releasers.ts';
import { freePort } from '../test/support/ports.ts';
import { startBackend } from './support/backend.ts';
import {
  autocannon,
  hey,
  ours,
  runGenerator,
  wrkItself,
  type Generator,
  type Ran,
  type Told,
} from './support/generators.ts';
import type { TrueLatencies } from './support/known-server.ts';
import { startServer } from './support/program.ts';
import { median, spread, type BenchOptions, type BenchReport } from './support/report.ts';

export const description =
  'our generator beside autocannon, wrk and hey: requests a core, percentiles, a server that stalls';

const GENERATORS: readonly Generator[] = [ours, wrkItself, autocannon, hey];
const CONNECTIONS = 64;
/** Far from what any of them can do, so that each can keep the rate. */
const STEADY_RPS = 400;
const STALL_RPS = 200;
/** More than are ever under way at once at that rate. */
const STEADY_CONNECTIONS = 200;
const STALL_CONNECTIONS = 10;
const AGREE = 0.05;
/** A fifth of all is due during the stall, evenly: a tenth waits for half of it or more, a hundredth for 0.95 of it. */
const STALL_SECONDS = 5;
const STALL_P90_MS = 500;
const STALL_P99_MS = 950;

export async function run(options: BenchOptions): Promise<BenchReport> {
  const fast = await measureFast(options);
  const steady = await measureSteady(options);
  const stalled = await measureStall(options);
  const agreements = steady.flatMap((each) => disagreements(each));
  const worst = Math.max(
    ...agreements.filter(({ name }) => name === ours.name).map(({ by }) => by),
  );
  const ourStall = stalled.find(({ name }) => name === ours.name);
  return {
    columns: [
      'generator',
      'a core, to wrk',
      'requests/s a core',
      'requests/s',
      `p50/p90/p99 ms at ${STEADY_RPS}/s`,
      "server's own",
      `p90/p99 ms, stalled 1 s (${STALL_P90_MS}/${STALL_P99_MS})`,
    ],
    rows: GENERATORS.map(({ name }, index) => {
      const rounds = fast[index] as readonly Ran[];
      const kept = steady.find((each) => each.name === name);
      const stall = stalled.find((each) => each.name === name);
      return [
        name,
        spread(ratios(rounds, fast[GENERATORS.indexOf(wrkItself)] as readonly Ran[])),
        median(rounds.map(perCore)).toFixed(0),
        median(rounds.map(({ requests }) => requests / fastSeconds(options))).toFixed(0),
        kept ? percentiles(kept.told) : '-',
        kept ? percentiles(kept.truth) : '-',
        stall ? `${stall.told.p90Ms.toFixed(0)}/${stall.told.p99Ms.toFixed(0)}` : '-',
      ];
    }),
    checks: [
      ...[autocannon, hey].map((other) => {
        const to = ratios(
          fast[0] as readonly Ran[],
          fast[GENERATORS.indexOf(other)] as readonly Ran[],
        );
        return {
          text: `more requests a core than ${other.name}`,
          measured: spread(to),
          met: median(to) > 1,
        };
      }),
      {
        text: `p50, p90 and p99 at ${STEADY_RPS} requests/s within 5 % of what the server took`,
        measured: `${(100 * worst).toFixed(1)} % at most`,
        met: worst <= AGREE,
      },
      {
        text: `a stall of 1 s in ${STALL_SECONDS} s shows: p99 ${STALL_P99_MS} ms within 5 %, more where it was longer`,
        measured: ourStall ? stallFigures(ourStall) : '-',
        met: ourStall !== undefined && tellsStall(ourStall),
      },
    ],
    notes: [
      'Each round runs every generator once against one HAProxy thread that answers by itself; CPU is that of the whole program with its start.',
      `At a steady rate: ${STEADY_CONNECTIONS} connections of autocannon and hey; wrk cannot keep a rate. The server’s own figures are of the same run.`,
      `The server that stalls: ${STALL_RPS} requests/s for ${STALL_SECONDS} s; autocannon and hey over ${STALL_CONNECTIONS} connections, wrk as fast as these can. wrk and autocannon add latencies they think they have missed.`,
    ],
    data: { fast: GENERATORS.map(({ name }, at) => ({ name, rounds: fast[at] })), steady, stalled },
  };
}

// Private

/** What a generator said, beside what the server knew of the same requests. */
interface Compared {
  readonly name: string;
  readonly told: Told;
  readonly truth: TrueLatencies;
}

const fastSeconds = ({ quick }: BenchOptions): number => (quick ? 2 : 6);

/** For each generator its rounds, by turns. */
async function measureFast(options: BenchOptions): Promise<readonly (readonly Ran[])[]> {
  const { quick, signal, say } = options;
  const releasers = createReleasers();
  try {
    const folder = mkdtempSync(join(tmpdir(), 'tidegate-bench-'));
    releasers.add('the folder', () => rmSync(folder, { recursive: true, force: true }));
    const backend = await startBackend(folder, 1);
    releasers.add('the backend', backend.kill);
    const url = `http://127.0.0.1:${backend.ports[0]}/api/hello`;
    const seconds = fastSeconds(options);
    const all: Ran[][] = GENERATORS.map(() => []);
    for (let round = 1; round <= (quick ? 2 : 5); round++) {
      for (const [index, generator] of GENERATORS.entries()) {
        const command = generator.fast({ url, connections: CONNECTIONS, seconds });
        const ran = await runGenerator(generator, command, seconds, signal);
        all[index]?.push(ran);
        say(`round ${round}: ${generator.name} ${perCore(ran).toFixed(0)} requests a core-second`);
      }
    }
    return all;
  } finally {
    await releasers.releaseAll();
  }
}

function measureSteady(options: BenchOptions): Promise<readonly Compared[]> {
  const seconds = options.quick ? 8 : 20;
  const load = { rps: STEADY_RPS, connections: STEADY_CONNECTIONS, seconds };
  return withKnownServer('delays', seconds, options, GENERATORS, (generator, url) =>
    generator.steady?.({ ...load, url }),
  );
}

function measureStall(options: BenchOptions): Promise<readonly Compared[]> {
  const seconds = STALL_SECONDS;
  const load = { rps: STALL_RPS, connections: STALL_CONNECTIONS, seconds };
  return withKnownServer('stall', seconds, options, GENERATORS, (generator, url) =>
    generator.steady ? generator.steady({ ...load, url }) : generator.fast({ ...load, url }),
  );
}

async function withKnownServer(
  kind: 'delays' | 'stall',
  seconds: number,
  { signal, say }: BenchOptions,
  generators: readonly Generator[],
  commandOf: (generator: Generator, url: string) => ReturnType<Generator['fast']> | undefined,
): Promise<readonly Compared[]> {
  const releasers = createReleasers();
  try {
    const port = await freePort();
    const program = join(import.meta.dirname, 'support/known-server.ts');
    const argv = [process.execPath, program, `${port}`, kind, `${seconds}`] as const;
    const server = await startServer(argv, port);
    releasers.add('the server', server.kill);
    const compared: Compared[] = [];
    for (const generator of generators) {
      const command = commandOf(generator, `http://127.0.0.1:${port}/`);
      if (!command) continue;
      const told = await runGenerator(generator, command, seconds, signal);
      const answer = await fetch(`http://127.0.0.1:${port}/told`, { signal });
      const truth = (await answer.json()) as TrueLatencies;
      compared.push({ name: generator.name, told, truth });
      say(`${kind}: ${generator.name} ${percentiles(told)}, the server ${percentiles(truth)}`);
    }
    return compared;
  } finally {
    await releasers.releaseAll();
  }
}

function perCore({ requests, cpuSeconds }: Ran): number {
  return requests / cpuSeconds;
}

/** Of each round, the requests a core-second to those of the same round of another. */
function ratios(of: readonly Ran[], to: readonly Ran[]): readonly number[] {
  return of.map((round, at) => perCore(round) / perCore(to[at] as Ran));
}

/** Whether p99 is that of a stall of that length: on a busy machine it is longer than it should be. */
function tellsStall({ told, truth }: Compared): boolean {
  const beyondMs = truth.stalledMs - 1000;
  return Math.abs(told.p99Ms / (STALL_P99_MS + beyondMs) - 1) <= AGREE;
}

function stallFigures({ told, truth }: Compared): string {
  return `${told.p99Ms.toFixed(0)} ms, the server stood still for ${truth.stalledMs.toFixed(0)}`;
}

/** By what part each percentile differs from the server's own. */
function disagreements({ name, told, truth }: Compared): readonly { name: string; by: number }[] {
  return (['p50Ms', 'p90Ms', 'p99Ms'] as const).map((key) => ({
    name,
    by: Math.abs(told[key] / truth[key] - 1),
  }));
}

function percentiles({ p50Ms, p90Ms, p99Ms }: Pick<Told, 'p50Ms' | 'p90Ms' | 'p99Ms'>): string {
  return [p50Ms, p90Ms, p99Ms].map((value) => value.toFixed(value < 10 ? 1 : 0)).join('/');
}
