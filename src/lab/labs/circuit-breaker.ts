import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TidegateConfig } from '../../spec/define.ts';
import type { LoadResult } from '../load/result.ts';
import { createTarget } from '../load/target.ts';
import { loadTimeline } from '../report/load-report.ts';
import type { Claim } from '../report/report.ts';
import type { Bench, LabProject } from './bench.ts';
import { inTime } from './figures.ts';
import type { Lab } from './lab.ts';
import { failuresOf, runSteady } from './steady.ts';

const BUY_RPS = 20;
const LOOK_RPS = 30;
const WELL_S = 3;
const ILL_S = 6;
const WELL_MS = 20;
const ILL_MS = 1000;
/** What the shop does at once: fewer than the payments hold up while they are ill. */
const SHOP_CONCURRENCY = 10;
const ILL = 'ill';
const MOST_UNTIL_WELL_MS = 15_000;

export interface Side {
  /** While the payments are ill. */
  readonly buyersWaitMs: number | null;
  readonly lookersWaitMs: number | null;
  readonly lookersWaitP95Ms: number | null;
  readonly lookers: number;
  readonly lookersFailed: number;
  /** Payments that were attempted at the ill service. */
  readonly attempts: number;
  /** From the moment the payments were well until somebody could buy. */
  readonly recoveryMs: number;
  /** While all was well, before: answered with a failure, and buyers whose payment was never attempted. */
  readonly failedBefore: number;
  readonly refusedBefore: number;
  readonly buyersBefore: number;
}

export interface BreakerMeasured {
  readonly without: Side;
  readonly guarded: Side;
}

/** A dependency becomes slow and fails; two shops ask it, one of them through a breaker. */
export const circuitBreaker: Lab = {
  name: 'circuit-breaker',
  title: 'A dependency that is slow and fails, with and without a breaker',
  teaches: [
    `A shop asks a payment service for each sale. That becomes ill: every payment takes ${ILL_MS / 1000} second and then fails, while its health check goes on saying that all is well.`,
    `The worst of it is not the sales. The shop does ${SHOP_CONCURRENCY} things at once, and soon all of them are sales that wait. Whoever only wants to look around waits behind them, although nothing they need is ill: one slow part has taken down the whole.`,
    'With breaker on the payment service the gateway notices that most of its answers fail and refuses the next ones at once. Buyers learn in milliseconds what they would have learned in seconds, everybody else is served, and the ill service is left in peace, but for one request now and then that asks whether it is well again.',
  ],
  aboutS: 15,
  async run(bench) {
    const project = await bench.start(configOf(bench));
    // Both at the same time, so that both see the same machine.
    const before = await eachSide((name) => bothLoads(project, name, WELL_S, bench.signal));
    const attempted = await eachSide((name) => Promise.resolve(attempts(project, name, 'well')));
    writeFileSync(join(project.folder, ILL), '');
    const loads = eachSide((name) => bothLoads(project, name, ILL_S, bench.signal));
    await bench.wait(ILL_S * 1000);
    rmSync(join(project.folder, ILL));
    bench.say('well again');
    const recovery = await eachSide((name) => untilSold(bench, project, name));
    const during = await loads;
    const side = (at: 0 | 1, name: Name): Side => {
      const [buyers, lookers] = during[at];
      return {
        buyersWaitMs: buyers.latencyMs.p50,
        lookersWaitMs: lookers.latencyMs.p50,
        lookersWaitP95Ms: lookers.latencyMs.p95,
        lookers: lookers.requests,
        lookersFailed: failuresOf(lookers),
        attempts: attempts(project, name, 'ill'),
        recoveryMs: recovery[at],
        failedBefore: failuresOf(...before[at]),
        // A shop answers also whom it sold nothing: only the payments know who never came to them.
        refusedBefore: before[at][0].ok - attempted[at],
        buyersBefore: before[at][0].requests,
      };
    };
    const measured: BreakerMeasured = { without: side(0, 'plain'), guarded: side(1, 'guarded') };
    return {
      claims: judgeBreaker(measured),
      sections: [
        {
          heading: `${ILL_S} seconds of an ill dependency`,
          table: {
            columns: [
              'breaker',
              'buyers wait (p50)',
              'lookers wait (p50)',
              'p95',
              'lookers failed',
              'attempts at the ill service',
              'well again after',
            ],
            rows: [rowOf('without', measured.without), rowOf('with', measured.guarded)],
            note: `${BUY_RPS} buyers and ${LOOK_RPS} lookers a second at each shop, at the same time.`,
          },
        },
        {
          heading: 'Lookers at the shop without a breaker',
          timeline: loadTimeline([during[0][1]], null),
        },
        {
          heading: 'Lookers at the shop with one',
          timeline: loadTimeline([during[1][1]], null),
        },
      ],
    };
  },
};

export function judgeBreaker({ without, guarded }: BreakerMeasured): readonly Claim[] {
  const failedBefore = without.failedBefore + guarded.failedBefore;
  const refusedBefore = without.refusedBefore + guarded.refusedBefore;
  return [
    {
      text: 'Buyers learn far sooner that they cannot buy',
      expected: 'at most a tenth of the wait (p50)',
      measured: `${inTime(guarded.buyersWaitMs)} against ${inTime(without.buyersWaitMs)}`,
      met: isAtMost(guarded.buyersWaitMs, without.buyersWaitMs, 0.1),
    },
    {
      text: 'Whoever only looks around hardly notices',
      expected: 'at most a quarter of the wait (p50), none failed',
      measured: `${inTime(guarded.lookersWaitMs)} against ${inTime(without.lookersWaitMs)}, ${guarded.lookersFailed} failed against ${without.lookersFailed}`,
      met:
        isAtMost(guarded.lookersWaitMs, without.lookersWaitMs, 0.25) && guarded.lookersFailed === 0,
    },
    {
      text: 'The ill service is left in peace',
      expected: 'fewer attempts than buyers, and at most half of those without',
      measured: `${guarded.attempts} against ${without.attempts}`,
      met: guarded.attempts < BUY_RPS * ILL_S && guarded.attempts <= without.attempts / 2,
    },
    {
      text: 'Nobody has to do anything when it is well again',
      expected: `somebody can buy within ${inTime(MOST_UNTIL_WELL_MS)}`,
      measured: `${inTime(guarded.recoveryMs)} against ${inTime(without.recoveryMs)}`,
      met: guarded.recoveryMs <= MOST_UNTIL_WELL_MS,
    },
    {
      text: 'While all is well the breaker refuses nobody',
      expected: '0 failed before, and each of the buyers at the payments',
      measured: `${failedBefore} failed, ${refusedBefore} of ${without.buyersBefore + guarded.buyersBefore} not there`,
      met: guarded.buyersBefore > 0 && failedBefore === 0 && refusedBefore === 0,
    },
  ];
}

// Private

type Name = 'plain' | 'guarded';

function configOf(bench: Bench): TidegateConfig {
  const one = { min: 1, max: 1 };
  const payments = (name: Name): TidegateConfig['services'][string] => ({
    command: bench.program('payments.js'),
    env: { ILL, ATTEMPTS: attemptsOf(name), WELL_MS: `${WELL_MS}`, ILL_MS: `${ILL_MS}` },
    health: { path: '/health' },
    scale: one,
  });
  const shop = (name: Name): TidegateConfig['services'][string] => ({
    command: bench.program('shop.js'),
    env: { PAY_PATH: `/pay/${name}` },
    health: { path: '/' },
    concurrency: SHOP_CONCURRENCY,
    scale: one,
  });
  return {
    gateway: {
      routes: [
        { path: '/pay/plain', service: 'plain-payments' },
        { path: '/pay/guarded', service: 'guarded-payments' },
        { path: '/plain/*', service: 'plain-shop' },
        { path: '/guarded/*', service: 'guarded-shop' },
      ],
    },
    services: {
      'plain-payments': payments('plain'),
      'guarded-payments': { ...payments('guarded'), breaker: { errors: '50%', window: '2s' } },
      'plain-shop': shop('plain'),
      'guarded-shop': shop('guarded'),
    },
  };
}

function attemptsOf(name: Name): string {
  return `${name}-attempts`;
}

type Both = readonly [buyers: LoadResult, lookers: LoadResult];

function bothLoads(
  { gatewayUrl }: LabProject,
  name: Name,
  durationS: number,
  signal: AbortSignal,
): Promise<Both> {
  const shop = `${gatewayUrl}/${name}`;
  return Promise.all([
    runSteady(createTarget(`${shop}/buy`), BUY_RPS, durationS, signal),
    runSteady(createTarget(`${shop}/`), LOOK_RPS, durationS, signal),
  ]);
}

function eachSide<T>(work: (name: Name) => Promise<T>): Promise<readonly [T, T]> {
  return Promise.all([work('plain'), work('guarded')]);
}

/** How long it takes from now until somebody can buy. */
async function untilSold(bench: Bench, { gatewayUrl }: LabProject, name: Name): Promise<number> {
  const startedAt = performance.now();
  const isSold = async (): Promise<boolean> => {
    const response = await fetch(`${gatewayUrl}/${name}/buy`, { signal: bench.signal });
    if (response.ok) return ((await response.json()) as { sold: boolean }).sold;
    await response.arrayBuffer();
    return false;
  };
  await bench.until(`the ${name} shop to sell again`, isSold, 60_000);
  return performance.now() - startedAt;
}

/** At the payments, while they were ill or well. */
function attempts({ folder }: LabProject, name: Name, how: 'ill' | 'well'): number {
  const lines = readFileSync(join(folder, attemptsOf(name)), 'utf8').split('\n');
  return lines.filter((line) => line === how).length;
}

function isAtMost(value: number | null, other: number | null, share: number): boolean {
  // Null: of the others nobody was answered at all.
  return value !== null && (other === null || value <= other * share);
}

function rowOf(how: string, side: Side): (string | number)[] {
  return [
    how,
    inTime(side.buyersWaitMs),
    inTime(side.lookersWaitMs),
    inTime(side.lookersWaitP95Ms),
    `${side.lookersFailed} of ${side.lookers}`,
    side.attempts,
    inTime(side.recoveryMs),
  ];
}
