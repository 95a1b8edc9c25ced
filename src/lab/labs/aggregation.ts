import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Claim } from '../report/report.ts';
import { aggregationConfig, DELAY_MS, refusalOfOpen } from './aggregation-config.ts';
import { inTime, median, quantile } from './figures.ts';
import type { Lab } from './lab.ts';
import { tokenFor } from './token.ts';

const ROUNDS = 40;
const PARTS = ['user', 'orders', 'advice'];
const SLOWEST_MS = Math.max(...Object.values(DELAY_MS));

export interface AggregationMeasured {
  /** One after another, as a client does that needs all three. */
  readonly separateMs: readonly number[];
  readonly togetherMs: readonly number[];
  /** Of those, 200 with every part. */
  readonly whole: number;
  /** The answer where the part that may be missing is broken. */
  readonly optionalBroken: PartialAnswer;
  /** The answer where one that must be there is. */
  readonly requiredBroken: PartialAnswer;
  readonly access: {
    readonly withoutToken: number;
    readonly withForgedToken: number;
    readonly withToken: number;
    /** Whose data came for Ann's token. */
    readonly shown: string;
    /** Why a configuration is refused whose aggregate is open and whose part is not; null: it is taken. */
    readonly openAggregate: string | null;
  };
}

export interface PartialAnswer {
  readonly status: number;
  /** The parts it names as failed. */
  readonly failed: readonly string[];
  /** The parts of which something came. */
  readonly came: readonly string[];
}

/** Three services, one answer: asked for one after another by the client, and at once by the gateway. */
export const aggregation: Lab = {
  name: 'aggregation',
  title: 'Three answers in the time of the slowest, and nobody sees more than before',
  teaches: [
    `A page needs a user (${DELAY_MS.users} ms), orders (${DELAY_MS.orders} ms) and advice (${DELAY_MS.advice} ms). A client that asks for them one after another waits for the sum, and on a real network for three round trips. An aggregate route asks for all of them at once, next to the services, and answers once.`,
    'What is made of parts fails in parts. A part may be optional: then the answer comes without it and says which one failed, and why. A required one fails the whole, with its name.',
    'An aggregate must never be a way around a lock. A part that asks for a token asks the aggregate’s caller for it, and a configuration that would open one is refused before anything starts.',
  ],
  aboutS: 12,
  async run(bench) {
    const secret = randomBytes(32).toString('hex');
    const keys = mkdtempSync(join(tmpdir(), 'tidegate-lab-keys-'));
    try {
      const file = join(keys, 'secret');
      writeFileSync(file, secret, { mode: 0o600 });
      const config = aggregationConfig(bench, file);
      const { gatewayUrl } = await bench.start(config);
      const ask = (path: string, token?: string): Promise<Answered> =>
        answered(`${gatewayUrl}${path}`, bench.signal, token);

      // The first ones open connections and load code.
      for (const path of ['/users/0', '/orders/0', '/advice/0', '/overview/0']) await ask(path);
      const separateMs: number[] = [];
      const togetherMs: number[] = [];
      let whole = 0;
      for (let id = 1; id <= ROUNDS; id++) {
        separateMs.push(
          await timed(async () => {
            await ask(`/users/${id}`);
            await ask(`/orders/${id}`);
            await ask(`/advice/${id}`);
          }),
        );
        togetherMs.push(
          await timed(async () => {
            if (isWhole(partial(await ask(`/overview/${id}`)))) whole++;
          }),
        );
      }
      bench.say(`separate ${inTime(median(separateMs))}, together ${inTime(median(togetherMs))}`);

      const mine = await ask('/mine', tokenFor('ann', secret));
      const measured: AggregationMeasured = {
        separateMs,
        togetherMs,
        whole,
        optionalBroken: partial(await ask('/without-advice/7')),
        requiredBroken: partial(await ask('/without-orders/7')),
        access: {
          withoutToken: (await ask('/mine')).status,
          withForgedToken: (await ask('/mine', tokenFor('ann', 'not the secret'))).status,
          withToken: mine.status,
          shown: (mine.body as { private?: { path?: string } }).private?.path ?? 'nothing',
          openAggregate: refusalOfOpen(config),
        },
      };
      return {
        claims: judgeAggregation(measured),
        sections: [
          {
            heading: `What one waits for all three (${ROUNDS} times each)`,
            table: {
              columns: ['asked for', 'median', 'p95'],
              rows: [rowOf('one after another', separateMs), rowOf('as one answer', togetherMs)],
            },
          },
        ],
      };
    } finally {
      rmSync(keys, { recursive: true, force: true });
    }
  },
};

export function judgeAggregation(measured: AggregationMeasured): readonly Claim[] {
  const { whole, optionalBroken, requiredBroken, access } = measured;
  const separateMs = median(measured.separateMs);
  const togetherMs = median(measured.togetherMs);
  const locked = [access.withoutToken, access.withForgedToken];
  return [
    {
      text: 'One answer comes much sooner than three one after another',
      expected: 'at most two thirds of the time (median), each with all three parts',
      measured: `${inTime(togetherMs)} against ${inTime(separateMs)}, ${whole} of ${measured.togetherMs.length} with all`,
      met: togetherMs <= (separateMs * 2) / 3 && whole === measured.togetherMs.length,
    },
    {
      text: 'It takes as long as its slowest part',
      expected: `not sooner than ${SLOWEST_MS} ms, and nearer to that than to all in turn (median)`,
      measured: inTime(togetherMs),
      met: togetherMs >= SLOWEST_MS * 0.95 && togetherMs - SLOWEST_MS < separateMs - togetherMs,
    },
    {
      text: 'Without an optional part the others come, and it is named',
      expected: '200 with user, orders; failed: advice',
      measured: inWords(optionalBroken),
      met:
        optionalBroken.status === 200 &&
        optionalBroken.failed.join() === 'advice' &&
        optionalBroken.came.join() === 'user,orders',
    },
    {
      text: 'Without a required part there is no answer, and it is named',
      expected: '502 with nothing; failed: orders',
      measured: inWords(requiredBroken),
      met:
        requiredBroken.status === 502 &&
        requiredBroken.failed.join() === 'orders' &&
        requiredBroken.came.length === 0,
    },
    {
      text: 'A part behind a lock is shown to the holder of a token only, and only what is theirs',
      expected: '401 without and with a forged token; 200 with Ann’s: /private/ann',
      measured: `${locked.join(' and ')}; ${access.withToken}: ${access.shown}`,
      met:
        locked.every((status) => status === 401) &&
        access.withToken === 200 &&
        access.shown === '/private/ann',
    },
    {
      text: 'A configuration that would open such a part is refused',
      expected: 'refused, for its auth',
      measured: access.openAggregate ?? 'taken',
      met: access.openAggregate?.includes('auth') ?? false,
    },
  ];
}

// Private

function rowOf(how: string, values: readonly number[]): string[] {
  return [how, inTime(median(values)), inTime(quantile(values, 0.95))];
}

interface Answered {
  readonly status: number;
  readonly body: unknown;
}

async function answered(url: string, signal: AbortSignal, token?: string): Promise<Answered> {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const response = await fetch(url, { headers, signal });
  return { status: response.status, body: await response.json() };
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

function partial({ status, body }: Answered): PartialAnswer {
  const { failed = [], ...rest } = body as { failed?: readonly { part: string }[] };
  const came = Object.entries(rest).filter(([name, value]) => PARTS.includes(name) && value);
  return { status, failed: failed.map(({ part }) => part), came: came.map(([name]) => name) };
}

function isWhole({ status, failed, came }: PartialAnswer): boolean {
  return status === 200 && failed.length === 0 && came.length === PARTS.length;
}

function inWords({ status, failed, came }: PartialAnswer): string {
  return `${status} with ${came.join(', ') || 'nothing'}; failed: ${failed.join(', ') || 'none named'}`;
}
