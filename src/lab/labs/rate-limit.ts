import { createTarget } from '../load/target.ts';
import type { LoadResult } from '../load/result.ts';
import type { Claim } from '../report/report.ts';
import type { Bench, LabProject } from './bench.ts';
import { inKinds, inPercent } from './figures.ts';
import type { Lab } from './lab.ts';
import { failuresOf, runSteady } from './steady.ts';

const LIMIT = 20;
const REPLICAS = [1, 3, 1];
const GREEDY_RPS = 150;
const POLITE_RPS = 10;
const PHASE_S = 5;

/** A whole window may come at once, on top of what the time allows. */
const LEAST = 0.8;
const MOST = 1 + 1 / PHASE_S + 0.1;

export interface RateLimitPhase {
  readonly replicas: number;
  /** Requests a second of the caller who asks for too much. */
  readonly acceptedRps: number;
  /** Of that caller, by kind. */
  readonly refused: Readonly<Record<string, number>>;
  readonly politeRequests: number;
  readonly politeFailures: number;
}

export interface RateLimitMeasured {
  readonly phases: readonly RateLimitPhase[];
  /** What a caller was told who was refused, in seconds; null: nothing. */
  readonly retryAfterS: number | null;
  /** The answer after having waited so long. */
  readonly statusAfterwards: number | null;
}

/** One caller asks for far too much, another for little; the replicas become more and fewer again. */
export const rateLimit: Lab = {
  name: 'rate-limit',
  title: 'A limit that grows with the replicas, and spares whoever keeps to it',
  teaches: [
    'A limit protects a service from one caller who takes it all. A fixed one is either too low when there are many replicas, or too high when there are few. With followCapacity it is said for scale.min replicas and moves with those that are ready.',
    `Here a caller may send ${LIMIT} requests a second for each replica. One sends ${GREEDY_RPS} whatever it is told, the other ${POLITE_RPS}. What is above the limit never reaches a replica: the gateway answers 429 and says in Retry-After when to come again.`,
  ],
  aboutS: 20,
  async run(bench) {
    const project = await bench.start({
      gateway: {
        routes: [
          {
            path: '/*',
            service: 'web',
            rateLimit: {
              per: 'header:x-caller',
              requests: LIMIT,
              window: '1s',
              followCapacity: true,
            },
          },
        ],
      },
      services: {
        web: {
          command: bench.program('work.js'),
          env: { WORK_MS: '5' },
          health: { path: '/health' },
          scale: { min: 1, max: Math.max(...REPLICAS) },
        },
      },
    });
    const phases: RateLimitPhase[] = [];
    for (const replicas of REPLICAS) {
      const phase = await onePhase(bench, project, replicas);
      bench.say(`${replicas} ready: ${phase.acceptedRps.toFixed(1)} accepted a second`);
      phases.push(phase);
    }
    const measured: RateLimitMeasured = { phases, ...(await comeAgain(bench, project)) };
    return {
      claims: judgeRateLimit(measured),
      sections: [
        {
          heading: 'Accepted and refused',
          table: {
            columns: ['replicas', 'limit/s', 'accepted/s', 'refused', 'of the other caller failed'],
            rows: phases.map((phase) => [
              `${phase.replicas}`,
              LIMIT * phase.replicas,
              phase.acceptedRps.toFixed(1),
              inKinds(phase.refused),
              `${phase.politeFailures} of ${phase.politeRequests}`,
            ]),
            note: `One caller sends ${GREEDY_RPS} requests a second, the other ${POLITE_RPS}, ${PHASE_S} s each time. A whole window may come at once, so a little more than the limit is right.`,
          },
        },
      ],
    };
  },
};

export function judgeRateLimit(measured: RateLimitMeasured): readonly Claim[] {
  const { phases, retryAfterS, statusAfterwards } = measured;
  const ratios = phases.map(({ acceptedRps, replicas }) => acceptedRps / (LIMIT * replicas));
  const kinds = new Set(phases.flatMap(({ refused }) => Object.keys(refused)));
  const polite = phases.reduce((sum, phase) => sum + phase.politeRequests, 0);
  const harmed = phases.reduce((sum, phase) => sum + phase.politeFailures, 0);
  return [
    {
      text: `What is accepted follows the replicas: ${phases.map(({ replicas }) => replicas).join(', ')}`,
      expected: `${LEAST} to ${MOST} times ${LIMIT} a second for each replica`,
      measured: phases.map(({ acceptedRps }) => `${acceptedRps.toFixed(1)}/s`).join(', '),
      met: ratios.every((ratio) => ratio >= LEAST && ratio <= MOST),
    },
    {
      text: 'What is above it is refused with 429, and with nothing else',
      expected: 'status-429',
      measured: [...kinds].join(', ') || 'nothing was refused',
      met: kinds.size === 1 && kinds.has('status-429'),
    },
    {
      text: 'Whoever waits as long as Retry-After says is accepted',
      expected: '200 after the wait',
      measured:
        retryAfterS === null
          ? 'no Retry-After'
          : `${statusAfterwards ?? 'nothing'} after ${retryAfterS} s`,
      met: retryAfterS !== null && statusAfterwards === 200,
    },
    {
      text: 'The caller who keeps to the limit notices nothing',
      expected: '0 failed',
      measured: `${harmed} of ${polite} failed (${inPercent(harmed, polite)})`,
      met: polite > 0 && harmed === 0,
    },
  ];
}

// Private

async function onePhase(
  bench: Bench,
  { client, gatewayUrl }: LabProject,
  replicas: number,
): Promise<RateLimitPhase> {
  await client.scale('web', replicas);
  await bench.until(
    `${replicas} replicas`,
    async () => {
      const web = await client.service('web');
      return web.ready === replicas && web.replicas.length === replicas;
    },
    20_000,
  );
  const load = (caller: string, rps: number): Promise<LoadResult> =>
    runSteady(
      createTarget(gatewayUrl, { headers: { 'x-caller': caller } }),
      rps,
      PHASE_S,
      bench.signal,
    );
  const [greedy, polite] = await Promise.all([
    load('greedy', GREEDY_RPS),
    load('polite', POLITE_RPS),
  ]);
  return {
    replicas,
    acceptedRps: greedy.ok / PHASE_S,
    refused: greedy.errors,
    politeRequests: polite.requests,
    politeFailures: failuresOf(polite),
  };
}

async function comeAgain(
  bench: Bench,
  { gatewayUrl }: LabProject,
): Promise<Pick<RateLimitMeasured, 'retryAfterS' | 'statusAfterwards'>> {
  const ask = async (): Promise<Response> => {
    const response = await fetch(gatewayUrl, {
      headers: { 'x-caller': 'patient' },
      signal: bench.signal,
    });
    await response.arrayBuffer();
    return response;
  };
  // A whole limit may come at once; one of twice as many is refused at the latest.
  for (let sent = 0; sent < 2 * LIMIT; sent++) {
    const response = await ask();
    if (response.status !== 429) continue;
    const said = response.headers.get('retry-after');
    if (said === null) return { retryAfterS: null, statusAfterwards: null };
    await bench.wait(Number(said) * 1000);
    return { retryAfterS: Number(said), statusAfterwards: (await ask()).status };
  }
  return { retryAfterS: null, statusAfterwards: null };
}
