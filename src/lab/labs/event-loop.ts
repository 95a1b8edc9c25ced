import type { LoadResult } from '../load/result.ts';
import type { Claim } from '../report/report.ts';
import type { Bench } from './bench.ts';
import { inPercent, inTime } from './figures.ts';
import type { Lab } from './lab.ts';
import {
  LIGHT_RPS,
  LOAD_S,
  oneWay,
  REPORTS_RPS,
  RULE,
  WAYS,
  type LoopSeen,
  type Way,
} from './loop-seen.ts';
import { overTime } from './over-time.ts';

const CPU_MS = 200;
const CPU_RULE = 0.7;

/** A Node service that writes reports: the same CPU, at once or in slices, and what the others feel of it. */
export const eventLoop: Lab = {
  name: 'event-loop',
  title: 'CPU says how much is done, the event loop says who waits for it',
  teaches: [
    `A report costs ${CPU_MS} ms of CPU, mostly JSON, and ${REPORTS_RPS} are asked for each second: CPU is at ${(CPU_MS * REPORTS_RPS) / 10} % either way, and no rule on CPU has anything to say.`,
    'Done at once, each report keeps the event loop for itself, and who comes meanwhile waits for its end. Done in slices, with setImmediate between them, the others get their turn every few milliseconds. The delay of the event loop tells the two apart; its utilisation, like CPU, does not.',
    'Where the program cannot be changed, scale by eventLoopDelay: the gateway sends the others to replicas that have nothing in flight. Where it can, cutting the work up costs no replica at all.',
  ],
  aboutS: 35,
  async run(bench) {
    const project = await bench.start({
      gateway: {
        routes: Object.keys(WAYS).map((way) => ({
          path: `/${way}/*`,
          service: way,
          rewrite: '/*',
        })),
      },
      services: {
        whole: serviceOf(bench, 'whole', 1),
        slices: serviceOf(bench, 'slices', 1),
        scaled: serviceOf(bench, 'whole', 3),
      },
    });
    const recorder = project.record();
    const seen: LoopSeen[] = [];
    const loads: LoadResult[] = [];
    for (const way of Object.keys(WAYS) as Way[]) {
      const result = await oneWay(bench, project, way, loads);
      seen.push(result);
      bench.say(
        `${WAYS[way]}: others p95 ${inTime(result.lightP95Ms)}, delay ${inTime(result.delayMs)}`,
      );
    }
    return {
      claims: judgeEventLoop(seen),
      sections: [
        {
          heading: 'The same reports, and what the others waited',
          table: {
            columns: [
              'reports',
              'replicas',
              'CPU of a core',
              'utilisation',
              'event-loop delay',
              'others p50',
              'others p95',
              'failed',
            ],
            rows: seen.map((each) => [
              WAYS[each.way],
              each.replicas,
              each.cpu === null ? 'none' : inPercent(each.cpu, 1),
              inPercent(each.utilisation, 1),
              inTime(each.delayMs),
              inTime(each.lightP50Ms),
              inTime(each.lightP95Ms),
              each.failures,
            ]),
            note: `${REPORTS_RPS} reports and ${LIGHT_RPS} light requests a second for ${LOAD_S} s. CPU and utilisation of one replica; the delay and p95 are of each second, the middle one of them.`,
          },
        },
        { ...overTime(loads, await recorder.stop()), heading: 'The others, over time' },
      ],
    };
  },
};

export function judgeEventLoop(seen: readonly LoopSeen[]): readonly Claim[] {
  const of = (way: Way): LoopSeen | undefined => seen.find((each) => each.way === way);
  const [whole, slices, scaled] = [of('whole'), of('slices'), of('scaled')];
  if (!whole || !slices || !scaled) return [];
  const cpus = [whole.cpu ?? 0, slices.cpu ?? 0];
  const failures = seen.reduce((sum, each) => sum + each.failures, 0);
  return [
    {
      text: 'CPU is the same either way, and no reason to scale',
      expected: `within a half of one another, both below ${CPU_RULE * 100} %`,
      measured: cpus.map((cpu) => inPercent(cpu, 1)).join(' and '),
      met:
        Math.min(...cpus) > 0 &&
        Math.max(...cpus) <= 1.5 * Math.min(...cpus) &&
        Math.max(...cpus) < CPU_RULE,
    },
    {
      text: 'The event-loop delay tells them apart',
      expected: 'at least twice as long where it is done at once',
      measured: `${inTime(whole.delayMs)} against ${inTime(slices.delayMs)}`,
      met: (whole.delayMs ?? 0) >= 2 * (slices.delayMs ?? Infinity),
    },
    {
      text: 'and so do the others, who wait',
      expected: 'p95 at least twice as long',
      measured: `${inTime(whole.lightP95Ms)} against ${inTime(slices.lightP95Ms)}`,
      met: (whole.lightP95Ms ?? 0) >= 2 * (slices.lightP95Ms ?? Infinity),
    },
    {
      text: 'A rule on the delay brings replicas where CPU brings none',
      expected: 'more than 1 replica, and the delay among the reasons',
      measured: `${scaled.replicas} replicas: ${scaled.reasons[0] ?? 'no reason'}`,
      met: scaled.replicas > 1 && scaled.reasons.some((reason) => /event.loop/i.test(reason)),
    },
    {
      text: 'and with them the others wait less',
      expected: 'p95 at most two thirds of that with one',
      measured: `${inTime(scaled.lightP95Ms)} against ${inTime(whole.lightP95Ms)}`,
      met: (scaled.lightP95Ms ?? Infinity) <= ((whole.lightP95Ms ?? 0) * 2) / 3,
    },
    {
      text: 'Nothing fails',
      expected: '0 failed',
      measured: `${failures} failed`,
      met: failures === 0,
    },
  ];
}

// Private

function serviceOf(bench: Bench, mode: string, max: number) {
  return {
    command: bench.program('reports.js'),
    env: { MODE: mode, CPU_MS: `${CPU_MS}` },
    health: { path: '/health' },
    scale: {
      min: 1,
      max,
      window: '2s',
      cooldown: { up: '1s', down: '10m' },
      up: { eventLoopDelay: RULE, cpu: CPU_RULE, latency: false, memory: false },
      down: { cpu: false, latency: false, memory: false, eventLoopDelay: '1ms' },
    },
  } as const;
}
