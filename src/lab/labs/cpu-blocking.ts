import type { LoadResult } from '../load/result.ts';
import type { Claim } from '../report/report.ts';
import type { Bench, LabProject } from './bench.ts';
import { ask, blockedLoad, BURN_MS, LOAD_S, pids, RPS, type BlockedLoad } from './blocked-load.ts';
import { inTime } from './figures.ts';
import type { Lab } from './lab.ts';
import { overTime } from './over-time.ts';

const QUEUED = 6;
const QUEUED_MS = 500;

export interface CpuBlockingMeasured {
  readonly one: BlockedLoad;
  readonly three: BlockedLoad;
  /** What the last one waited of several that computed and came at once, with one replica and with three. */
  readonly lastOf: { readonly oneMs: number; readonly threeMs: number };
  /** Replicas that ended or were replaced. */
  readonly replaced: number;
}

/** One request computes for three seconds; what do the others wait? */
export const cpuBlocking: Lab = {
  name: 'cpu-blocking',
  title: 'One request computes for three seconds: what everybody else waits',
  teaches: [
    `Node answers in one thread. A request that computes for ${inTime(BURN_MS)} keeps everybody else waiting who is at the same process: not their work takes long, their turn does not come. With three processes the gateway sends the others to those that have nothing in flight.`,
    'A well-known demonstration has 53,364 ms with one process and 116 ms with several, “457 times”. One request of three seconds cannot make anybody wait for 53: the waits add up only where some eighteen such requests stand in line before the process. And several processes help only as long as there are more of them than requests that compute: behind as many burns as there are replicas, and more, everybody waits again. So such a ratio says how long the line was, and which percentile was chosen; the table below has several.',
    'Health checks are requests too: a process that computes fails them. Three misses take it out of rotation, and it is back once it answers. It is not replaced: computing for a while is no failure (replaceAfter is a minute by default). Where it is the only one, it keeps its traffic, because late answers are better than none.',
  ],
  aboutS: 20,
  async run(bench) {
    const project = await bench.start({
      services: {
        app: {
          command: bench.program('burn.js'),
          health: { path: '/health', interval: '300ms', timeout: '300ms' },
          scale: { min: 1, max: 3 },
        },
      },
    });
    // Else Tidegate would add replicas by itself: CPU is above 70 %.
    await project.client.scale('app', 1);
    const first = await pids(project);
    const recorder = project.record();
    const loads: LoadResult[] = [];
    const one = await blockedLoad(bench, project, loads);
    const oneMs = await lastInLine(project, bench);
    bench.say(`1 replica: p95 ${inTime(one.p95Ms)}; last of ${QUEUED} burns ${inTime(oneMs)}`);
    await project.client.scale('app', 3);
    await bench.until('three replicas', async () => (await pids(project)).length === 3, 20_000);
    const three = await blockedLoad(bench, project, loads);
    const threeMs = await lastInLine(project, bench);
    bench.say(`3 replicas: p95 ${inTime(three.p95Ms)}; last of ${QUEUED} burns ${inTime(threeMs)}`);
    const last = await pids(project);
    const measured: CpuBlockingMeasured = {
      one,
      three,
      lastOf: { oneMs, threeMs },
      replaced: first.filter((pid) => !last.includes(pid)).length + Math.max(0, 3 - last.length),
    };
    return {
      claims: judgeCpuBlocking(measured),
      sections: [
        {
          heading: 'What the others waited',
          table: {
            columns: [
              'replicas',
              'who computed',
              'requests',
              'p50',
              'p95',
              'p99',
              'slowest',
              'failed',
              'event-loop delay',
            ],
            rows: [one, three].map(rowOf),
            note: `${RPS} light requests a second for ${LOAD_S} s, counted from when each was due; one request computes for ${inTime(BURN_MS)} meanwhile. Where nothing else runs, half of the requests are due while it does.`,
          },
        },
        overTime(loads, await recorder.stop()),
        {
          heading: `${QUEUED} requests of ${inTime(QUEUED_MS)} at once`,
          table: {
            columns: ['replicas', 'the last waited', 'what stood in line before each replica'],
            rows: [
              [1, inTime(oneMs), inTime(QUEUED * QUEUED_MS)],
              [3, inTime(threeMs), inTime((QUEUED * QUEUED_MS) / 3)],
            ],
            note: 'Three replicas have a third of the line each, but only as many cores as the machine has.',
          },
        },
      ],
    };
  },
};

export function judgeCpuBlocking(measured: CpuBlockingMeasured): readonly Claim[] {
  const { one, three, lastOf, replaced } = measured;
  const ratio = (one.p95Ms ?? 0) / (three.p95Ms ?? Infinity);
  return [
    {
      text: 'With one replica everybody waits for the one who computes',
      expected: `p95 at least half of what it took, ${inTime(one.burnMs)}`,
      measured: inTime(one.p95Ms),
      met: one.p95Ms !== null && one.p95Ms >= one.burnMs / 2,
    },
    {
      text: 'With three the others are answered by those that are free',
      expected: 'p95 at most a tenth of that with one',
      measured: `${inTime(three.p95Ms)}: ${Math.round(ratio)} times less`,
      met: ratio >= 10,
    },
    {
      text: 'Nobody waits longer than what stands in line: no 53 seconds for one burn of three',
      expected: `slowest at most 1.5 times what it took, ${inTime(one.burnMs)}`,
      measured: inTime(one.maxMs),
      met: one.maxMs !== null && one.maxMs <= 1.5 * one.burnMs,
    },
    {
      text: 'Burns in line add up, and three replicas are no cure for more burns than replicas',
      expected: `the last of ${QUEUED} after at least ${inTime(0.9 * QUEUED * QUEUED_MS)} with one; with three after at least two of ${inTime(QUEUED_MS)}, yet less`,
      measured: `${inTime(lastOf.oneMs)} and ${inTime(lastOf.threeMs)}`,
      met:
        lastOf.oneMs >= 0.9 * QUEUED * QUEUED_MS &&
        lastOf.threeMs >= 0.9 * 2 * QUEUED_MS &&
        lastOf.threeMs < lastOf.oneMs,
    },
    {
      text: 'Who computes fails its checks meanwhile and is not replaced for it',
      expected: 'seen failing with one and with three, 0 replaced',
      measured: `seen failing ${one.unhealthyLooks} and ${three.unhealthyLooks} times, ${replaced} replaced`,
      met: one.unhealthyLooks > 0 && three.unhealthyLooks > 0 && replaced === 0,
    },
    {
      text: 'The event-loop delay shows it',
      expected: 'at least 1 s',
      measured: inTime(one.loopDelayMs),
      met: one.loopDelayMs !== null && one.loopDelayMs >= 1000,
    },
    {
      text: 'Late is not lost',
      expected: '0 failed',
      measured: `${one.failures + three.failures} failed of ${one.requests + three.requests}`,
      met: one.failures + three.failures === 0,
    },
  ];
}

// Private

/** What the last one waits of `QUEUED` that compute and come at once. */
async function lastInLine(project: LabProject, { signal }: Bench): Promise<number> {
  const burns = Array.from({ length: QUEUED }, () => ask(project, `/burn?ms=${QUEUED_MS}`, signal));
  return Math.max(...(await Promise.all(burns)));
}

function rowOf(load: BlockedLoad): (string | number)[] {
  const { replicas, burnMs, requests, p50Ms, p95Ms, p99Ms, maxMs, failures, loopDelayMs } = load;
  return [
    replicas,
    inTime(burnMs),
    requests,
    inTime(p50Ms),
    inTime(p95Ms),
    inTime(p99Ms),
    inTime(maxMs),
    failures,
    inTime(loopDelayMs),
  ];
}
