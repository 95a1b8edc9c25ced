import type { LoadResult } from '../load/result.ts';
import { createTarget, type Target } from '../load/target.ts';
import { parseUrls } from '../load/urls.ts';
import type { Claim } from '../report/report.ts';
import type { LabProject } from './bench.ts';
import { inTime } from './figures.ts';
import type { Lab } from './lab.ts';
import { overTime } from './over-time.ts';
import { failuresOf, runSteady } from './steady.ts';

const RULES = ['round-robin', 'random', 'least-connections', 'hash'] as const;
type Rule = (typeof RULES)[number];

const REPLICAS = 4;
const RPS = 160;
const LOAD_S = 6;
const [LIGHT_MS, HEAVY_MS, HEAVY_SHARE] = [5, 600, 0.008];
const USERS = 12;
/** Of the first user; the others share the rest. */
const BUSY_SHARE = 0.3;

export interface Balanced {
  readonly rule: Rule;
  readonly requests: number;
  readonly failures: number;
  readonly p50Ms: number | null;
  /** Of ten requests round-robin leads two to who is busy: what the others wait shows here, and the machine's own hiccups do not. */
  readonly p90Ms: number | null;
  readonly p95Ms: number | null;
  readonly p99Ms: number | null;
  /** Replicas that a user came to, the mean of all users. */
  readonly replicasPerUser: number;
}

/** The same skewed work under each rule of balance. */
export const balancing: Lab = {
  name: 'balancing',
  title: 'Who gets the next request, when some take a hundred times as long',
  teaches: [
    `${Math.round(HEAVY_SHARE * 1000)} of a thousand requests take ${inTime(HEAVY_MS)}, the others ${inTime(LIGHT_MS)}, and a replica does one at a time. In all there is work for less than half of what ${REPLICAS} replicas can do.`,
    'Round-robin gives each replica the same number, also the one that is busy for a while: who comes there waits, although others are free. Least-connections looks at who has the fewest in flight; random compares two drawn by chance, which is nearly as good and needs no order.',
    `Hash looks at nobody: the same user always comes to the same replica, which is what one wants where a replica keeps something for its users. The price is that a user who asks much (here ${Math.round(BUSY_SHARE * 100)} % of all requests come from one) has one replica, and those beside them wait, too.`,
    'With concurrency set on the service, what a replica cannot take waits at the gateway in one line for all, and the rule matters less.',
  ],
  aboutS: 30,
  async run(bench) {
    const project = await bench.start({
      gateway: {
        routes: RULES.map((rule) => ({ path: `/${rule}`, service: rule, rewrite: '/' })),
      },
      services: Object.fromEntries(
        RULES.map((rule) => [
          rule,
          {
            command: bench.program('one-at-a-time.js'),
            health: { path: '/health' },
            balance: rule,
            ...(rule === 'hash' ? { hashBy: 'header:x-user' as const } : {}),
            scale: { min: REPLICAS, max: REPLICAS },
          },
        ]),
      ),
    });
    const recorder = project.record();
    const results: Balanced[] = [];
    const loads: LoadResult[] = [];
    for (const rule of RULES) {
      const target = skewed(`${project.gatewayUrl}/${rule}`);
      const load = await runSteady(target, RPS, LOAD_S, bench.signal);
      const result = {
        ...balancedOf(rule, load),
        replicasPerUser: await replicasPerUser(project, rule),
      };
      loads.push(load);
      results.push(result);
      bench.say(`${rule}: p90 ${inTime(result.p90Ms)}`);
    }
    return {
      claims: judgeBalancing(results),
      sections: [
        {
          heading: 'The same requests in the same order',
          table: {
            columns: [
              'balance',
              'requests',
              'p50',
              'p90',
              'p95',
              'p99',
              'replicas a user came to',
              'failed',
            ],
            rows: results.map((each) => [
              each.rule,
              each.requests,
              inTime(each.p50Ms),
              inTime(each.p90Ms),
              inTime(each.p95Ms),
              inTime(each.p99Ms),
              each.replicasPerUser.toFixed(1),
              each.failures,
            ]),
            note: `${RPS} a second for ${LOAD_S} s over ${REPLICAS} replicas each; latencies count from when a request was due.`,
          },
        },
        overTime(loads, await recorder.stop()),
      ],
    };
  },
};

export function judgeBalancing(results: readonly Balanced[]): readonly Claim[] {
  const of = (rule: Rule): Balanced | undefined => results.find((each) => each.rule === rule);
  const [turns, random, least, hash] = RULES.map(of);
  if (!turns || !random || !least || !hash) return [];
  const p90 = ({ p90Ms }: Balanced): number => p90Ms ?? Infinity;
  const failures = results.reduce((sum, each) => sum + each.failures, 0);
  return [
    {
      text: 'Least-connections goes around those that are busy, round-robin does not',
      expected: 'p90 at most half of that of round-robin',
      measured: `${inTime(least.p90Ms)} against ${inTime(turns.p90Ms)}`,
      met: p90(least) <= p90(turns) / 2,
    },
    {
      text: 'Two drawn by chance, and the better of them, is already better than taking turns',
      expected: 'p90 of random below that of round-robin',
      measured: `${inTime(random.p90Ms)} against ${inTime(turns.p90Ms)}`,
      met: p90(random) < p90(turns),
    },
    {
      text: 'Hash keeps each user on one replica, the others do not',
      expected: '1.0 replicas a user, and more than 1 with each other rule',
      measured: results.map((each) => each.replicasPerUser.toFixed(1)).join(', '),
      met:
        hash.replicasPerUser === 1 &&
        [turns, random, least].every(({ replicasPerUser }) => replicasPerUser > 1),
    },
    {
      text: 'and pays for it where one user asks much',
      expected: 'p90 of hash above that of least-connections',
      measured: `${inTime(hash.p90Ms)} against ${inTime(least.p90Ms)}`,
      met: hash.p90Ms !== null && hash.p90Ms > p90(least),
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

function balancedOf(rule: Rule, load: LoadResult): Omit<Balanced, 'replicasPerUser'> {
  const { p50: p50Ms, p90: p90Ms, p95: p95Ms, p99: p99Ms } = load.latencyMs;
  return { rule, requests: load.requests, failures: failuresOf(load), p50Ms, p90Ms, p95Ms, p99Ms };
}

/** Light and heavy requests of each user, by their shares. */
function skewed(address: string): Target {
  const url = new URL(address);
  const lines = [
    `${1 - HEAVY_SHARE} ${url.pathname}?ms=${LIGHT_MS}`,
    `${HEAVY_SHARE} ${url.pathname}?ms=${HEAVY_MS}`,
  ];
  const urls = parseUrls(lines.join('\n'), url);
  const requests = Array.from({ length: USERS }, (_, user) => {
    const share = user === 0 ? BUSY_SHARE : (1 - BUSY_SHARE) / (USERS - 1);
    const target = createTarget(address, { urls, headers: { 'x-user': `user-${user}` } });
    return target.requests.map((request) => ({ ...request, weight: request.weight * share }));
  });
  return { ...createTarget(address), requests: requests.flat() };
}

/** Asked of each replica itself, past the gateway. */
async function replicasPerUser({ client }: LabProject, rule: Rule): Promise<number> {
  const { replicas } = await client.service(rule);
  const seen = await Promise.all(
    replicas.map(async ({ address }) => {
      const answer = await fetch(`http://${address}/seen`);
      return ((await answer.json()) as { users: string[] }).users;
    }),
  );
  const all = seen.flat();
  return all.length / Math.max(1, new Set(all).size);
}
