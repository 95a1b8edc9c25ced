import { availableParallelism } from 'node:os';
import { runClosedLoop } from '../load/closed-loop.ts';
import type { LoadResult } from '../load/result.ts';
import { createTarget } from '../load/target.ts';
import type { Claim } from '../report/report.ts';
import type { Bench, LabProject } from './bench.ts';
import { inTime } from './figures.ts';
import type { Lab } from './lab.ts';
import { overTime } from './over-time.ts';
import { failuresOf } from './steady.ts';

const WAIT_MS = 100;
const AT_ONCE = 10;
const USERS = 100;
const LOAD_S = 5;
const BURN_MS = 8;
/** Enough to keep every core busy, whatever the replicas. */
const BURN_USERS = 20;
const COUNTS = [1, 3, 5] as const;

export interface Rung {
  readonly replicas: number;
  readonly rps: number;
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
  readonly failures: number;
  readonly generatorCpu: number;
}

export interface ThroughputMeasured {
  /** Work that waits: with 1, 3, 5 replicas. */
  readonly waiting: readonly Rung[];
  /** Work that computes: with 1 and 3. */
  readonly computing: readonly Rung[];
  readonly cores: number;
}

/** The same crowd at 1, 3 and 5 replicas: work that waits, and work that computes. */
export const throughput: Lab = {
  name: 'throughput',
  title: 'Three replicas answer three times as much, where the work waits',
  teaches: [
    `Work that waits (for a database, for another service): ${inTime(WAIT_MS)} each, and a replica takes ${AT_ONCE} at once (concurrency), as a pool of ${AT_ONCE} connections would have it. So one replica answers ${(1000 / WAIT_MS) * AT_ONCE} a second and no more. Replicas add up, because each brings a pool of its own and none of them needs the cores.`,
    `${USERS} users ask without a pause. What they wait is Little’s law: users ÷ rate. What is more than the replicas take waits at the gateway, in one line for all, so nobody waits at one replica while another is free.`,
    'Work that computes is another matter: it needs the cores, and replicas bring none. It grows until the cores are busy, which the generator and the gateway use, too.',
  ],
  aboutS: 30,
  async run(bench) {
    const project = await bench.start({
      gateway: {
        routes: [
          { path: '/burn', service: 'computing' },
          { path: '/*', service: 'waiting' },
        ],
      },
      services: {
        waiting: {
          command: bench.program('work.js'),
          env: { WORK_MS: `${WAIT_MS}` },
          health: { path: '/health' },
          concurrency: AT_ONCE,
          scale: { min: 1, max: 5 },
        },
        computing: {
          command: bench.program('burn.js'),
          health: { path: '/health' },
          scale: { min: 1, max: 3 },
        },
      },
    });
    const recorder = project.record();
    const loads: LoadResult[] = [];
    const waiting: Rung[] = [];
    for (const replicas of COUNTS) {
      await scaleTo(bench, project, 'waiting', replicas);
      const load = await loadOf(bench, project.gatewayUrl, USERS);
      loads.push(load);
      waiting.push(rungOf(replicas, load));
      bench.say(`${replicas} × waiting: ${rateText(load)}`);
    }
    await scaleTo(bench, project, 'waiting', 1);
    const computing: Rung[] = [];
    for (const replicas of [1, 3]) {
      await scaleTo(bench, project, 'computing', replicas);
      const url = `${project.gatewayUrl}/burn?ms=${BURN_MS}`;
      const load = await loadOf(bench, url, BURN_USERS);
      loads.push(load);
      computing.push(rungOf(replicas, load));
      bench.say(`${replicas} × computing: ${rateText(load)}`);
    }
    return {
      claims: judgeThroughput({ waiting, computing, cores: availableParallelism() }),
      sections: [
        {
          heading: `${USERS} users, work that waits ${inTime(WAIT_MS)}, ${AT_ONCE} at once a replica`,
          table: tableOf(waiting),
        },
        {
          heading: `${BURN_USERS} users, work that computes ${inTime(BURN_MS)}`,
          table: tableOf(computing),
        },
        overTime(loads, await recorder.stop()),
      ],
    };
  },
};

export function judgeThroughput({
  waiting,
  computing,
  cores,
}: ThroughputMeasured): readonly Claim[] {
  const growth = growthOf(waiting);
  const computed = growthOf(computing)[1] ?? 0;
  const p99s = waiting.map(({ p99Ms }) => p99Ms);
  const failures = [...waiting, ...computing].reduce((sum, rung) => sum + rung.failures, 0);
  return [
    {
      text: 'Three replicas answer about three times as much as one, and five five times',
      expected: 'at least 2.5 and 4 times',
      measured: `${times(growth[1])} and ${times(growth[2])}`,
      met: (growth[1] ?? 0) >= 2.5 && (growth[2] ?? 0) >= 4,
    },
    {
      text: 'No replica answers more than it takes at once allows',
      expected: `at most ${(1000 / WAIT_MS) * AT_ONCE} a second each, within a tenth`,
      measured: waiting.map(({ rps, replicas }) => `${Math.round(rps / replicas)}`).join(', '),
      met: waiting.every(({ rps, replicas }) => rps / replicas <= 1.1 * (1000 / WAIT_MS) * AT_ONCE),
    },
    {
      text: 'The same users wait less, the more replicas there are',
      expected: 'p99 falls from step to step',
      measured: p99s.map(inTime).join(', '),
      met: falls(p99s),
    },
    // Where there are cores to spare, three replicas get one each.
    ...(cores < 4
      ? [
          {
            text: `Work that computes grows less: replicas bring no cores, and there are ${cores}`,
            expected: `with three less than ${times(growth[1])}`,
            measured: times(computed),
            met: computed > 0 && computed < (growth[1] ?? 0),
          },
        ]
      : []),
    {
      text: 'Nothing fails: what is too much waits',
      expected: '0 failed',
      measured: `${failures} failed`,
      met: failures === 0,
    },
  ];
}

// Private

async function scaleTo(
  bench: Bench,
  { client }: LabProject,
  service: string,
  count: number,
): Promise<void> {
  await client.scale(service, count);
  const there = async (): Promise<boolean> => {
    const { ready, replicas } = await client.service(service);
    return ready === count && replicas.length === count;
  };
  await bench.until(`${count} replicas of ${service}`, there, 30_000);
}

function loadOf(bench: Bench, url: string, users: number): Promise<LoadResult> {
  const options = { users, durationS: LOAD_S, rampMs: 0, signal: bench.signal };
  return runClosedLoop(createTarget(url), options);
}

function rungOf(replicas: number, load: LoadResult): Rung {
  const { rps, latencyMs, generatorCpu } = load;
  const { p50: p50Ms, p99: p99Ms } = latencyMs;
  return { replicas, rps, p50Ms, p99Ms, failures: failuresOf(load), generatorCpu };
}

function rateText({ rps, latencyMs }: LoadResult): string {
  return `${Math.round(rps)} a second, p99 ${inTime(latencyMs.p99)}`;
}

/** Against the first. */
function growthOf(rungs: readonly Rung[]): readonly number[] {
  return rungs.map(({ rps }) => rps / (rungs[0]?.rps || Infinity));
}

function falls(values: readonly (number | null)[]): boolean {
  return values.every((value, index) => {
    const before = index === 0 ? Infinity : values[index - 1];
    return value !== null && before !== null && before !== undefined && value < before;
  });
}

function times(ratio: number | undefined): string {
  return `${(ratio ?? 0).toFixed(2)} times`;
}

function tableOf(rungs: readonly Rung[]) {
  return {
    columns: ['replicas', 'answered a second', 'times', 'p50', 'p99', 'failed', 'generator CPU'],
    rows: rungs.map((rung, index) => [
      rung.replicas,
      Math.round(rung.rps),
      (growthOf(rungs)[index] ?? 0).toFixed(2),
      inTime(rung.p50Ms),
      inTime(rung.p99Ms),
      rung.failures,
      `${rung.generatorCpu.toFixed(2)} cores`,
    ]),
  };
}
