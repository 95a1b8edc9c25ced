import { runClosedLoop } from '../load/closed-loop.ts';
import type { LoadResult } from '../load/result.ts';
import { createTarget } from '../load/target.ts';
import type { Claim } from '../report/report.ts';
import { inKinds, inPercent, inTime } from './figures.ts';
import type { Lab } from './lab.ts';
import { overTime } from './over-time.ts';

const THINK_MS = 3000;
const STEPS: readonly Crowd[] = [
  { users: 100, holdS: 4 },
  { users: 200, holdS: 4 },
  { users: 500, holdS: 4 },
  { users: 1000, holdS: 4 },
  { users: 2500, holdS: 4 },
  { users: 10_000, holdS: 8 },
];
const LARGEST = Math.max(...STEPS.map(({ users }) => users));
/** The last of them has asked twice by then: a user asks, thinks, and asks again. */
const ARRIVALS_PER_S = 2000;

/** For so many clients, and for programs that count descriptors otherwise. */
const ENOUGH_FILES = 16_384;

interface Crowd {
  readonly users: number;
  readonly holdS: number;
}

export interface CrowdStep {
  readonly users: number;
  readonly usersPeak: number;
  readonly requests: number;
  readonly ok: number;
  readonly errors: Readonly<Record<string, number>>;
  readonly rps: number;
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly p99Ms: number | null;
  readonly generatorCpu: number;
  readonly warnings: readonly string[];
}

/** Users with a connection each, who read for some seconds between two requests: from 100 to 10,000. */
export const crowd: Lab = {
  name: 'crowd',
  title: 'Up to 10,000 users on this machine, and every one of them is answered',
  teaches: [
    `Each user has a connection of their own, asks, reads for ${inTime(THINK_MS)}, and asks again. All come within seconds: ${ARRIVALS_PER_S.toLocaleString('en')} new connections each second.`,
    'Another demonstration that goes the same way from 100 to 10,000 users answers 63 % of their requests at first and 24 % at last. Nothing of that has to fail: a user who reads costs an open connection and no work. HAProxy keeps ten thousand open connections at a few kilobytes each; what comes at once beyond what the replicas take (concurrency) waits in its queue for as long as the route’s timeout, and the replicas never see more than they can do.',
    'Generator, gateway and replicas share the cores here. Its CPU is shown for each step: where it nears one core, what is measured is the generator.',
  ],
  aboutS: 40,
  async run(bench) {
    const crowds = crowdsOf(bench.mostClients);
    const lacking = lackingText(bench.mostClients);
    if (lacking !== null) bench.say(lacking);
    const project = await bench.start({
      gateway: { routes: [{ path: '/*', service: 'site', timeout: '30s' }] },
      services: {
        site: {
          command: bench.program('work.js'),
          health: { path: '/health' },
          concurrency: 100,
          scale: { min: 2, max: 2 },
        },
      },
    });
    const recorder = project.record();
    const steps: CrowdStep[] = [];
    const loads: LoadResult[] = [];
    for (const { users, holdS } of crowds) {
      const rampMs = (users / ARRIVALS_PER_S) * 1000;
      const load = await runClosedLoop(createTarget(project.gatewayUrl, { timeoutMs: 30_000 }), {
        users,
        rampMs,
        durationS: rampMs / 1000 + holdS,
        thinkMs: THINK_MS,
        signal: bench.signal,
      });
      loads.push(load);
      const { requests, ok, errors, rps, usersPeak, latencyMs, generatorCpu, warnings } = load;
      const { p50: p50Ms, p95: p95Ms, p99: p99Ms } = latencyMs;
      const times = { p50Ms, p95Ms, p99Ms };
      steps.push({ users, usersPeak, requests, ok, errors, rps, ...times, generatorCpu, warnings });
      bench.say(
        `${users} users: ${inPercent(ok, requests)} of ${requests} answered, p99 ${inTime(p99Ms)}`,
      );
    }
    return {
      claims: judgeCrowd(steps, bench.mostClients),
      sections: [
        ...(lacking === null ? [] : [{ heading: 'What was left out', text: [lacking] }]),
        {
          heading: 'Step by step',
          text: [...new Set(steps.flatMap(({ warnings }) => warnings))],
          table: {
            columns: [
              'users',
              'requests',
              'answered',
              'a second',
              'p50',
              'p95',
              'p99',
              'failed',
              'generator CPU',
            ],
            rows: steps.map((step) => [
              step.users,
              step.requests,
              inPercent(step.ok, step.requests),
              Math.round(step.rps),
              inTime(step.p50Ms),
              inTime(step.p95Ms),
              inTime(step.p99Ms),
              inKinds(step.errors),
              `${step.generatorCpu.toFixed(2)} cores`,
            ]),
            note: 'The generator can use one core, which is 1.00.',
          },
        },
        overTime(loads, await recorder.stop()),
      ],
    };
  },
};

/** Those that fit, and in place of those that do not as many as do. */
export function crowdsOf(mostClients: number): readonly Crowd[] {
  const fitting = STEPS.filter(({ users }) => users <= mostClients);
  const first = STEPS.find(({ users }) => users > mostClients);
  const most = Math.floor(mostClients / 100) * 100;
  const reached = fitting.at(-1)?.users ?? 0;
  return first && most > reached ? [...fitting, { ...first, users: most }] : fitting;
}

export function judgeCrowd(steps: readonly CrowdStep[], mostClients = Infinity): readonly Claim[] {
  const last = steps.at(-1);
  return [
    ...steps.map(({ users, usersPeak, requests, ok }) => ({
      text: `${inNumber(users)} users${lackingText(mostClients) !== null && users === last?.users ? `, of the ${inNumber(LARGEST)} as many as may be open here` : ''}: everybody is answered`,
      expected: `${inNumber(users)} users at once, 100 % of at least ${inNumber(users)} requests`,
      measured: `${inNumber(usersPeak)} users, ${inPercent(ok, requests)}: ${inNumber(ok)} of ${inNumber(requests)}`,
      met: usersPeak === users && requests >= users && ok === requests,
    })),
    {
      text: 'The largest crowd waits less than it reads',
      expected: `p95 below ${inTime(THINK_MS)}`,
      measured: inTime(last?.p95Ms ?? null),
      met: last !== undefined && last.p95Ms !== null && last.p95Ms < THINK_MS,
    },
  ];
}

// Private

/** What this machine does not allow, and what allows it; null: nothing. */
function lackingText(mostClients: number): string | null {
  if (mostClients >= LARGEST) return null;
  const most = crowdsOf(mostClients).at(-1)?.users ?? 0;
  return `Open files are limited here, so the gateway takes ${inNumber(mostClients)} clients at once: ${inNumber(most)} users come in place of ${inNumber(LARGEST)}. For all of them run first: sudo prlimit --pid $$ --nofile=${ENOUGH_FILES}`;
}

function inNumber(count: number): string {
  return count.toLocaleString('en');
}
