import type { LoadResult } from '../load/result.ts';
import { createTarget } from '../load/target.ts';
import { parseUrls } from '../load/urls.ts';
import type { Claim } from '../report/report.ts';
import type { Bench, LabProject } from './bench.ts';
import { inPercent, inTime } from './figures.ts';
import type { Lab } from './lab.ts';
import { failuresOf, runSteady } from './steady.ts';

const PRODUCTS = 100;
const WORK_MS = 40;
const RPS = 120;
const LOAD_S = 6;
const TTL = '5m';

export interface CacheLoad {
  readonly requests: number;
  readonly failures: number;
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  /** What reached the service, by its own count. */
  readonly lookedUp: number;
}

export interface CacheMeasured {
  readonly without: CacheLoad;
  readonly cached: CacheLoad;
  /** By the gateway's count, of the cached load. */
  readonly hitRate: number | null;
  /** The price list in answers, which has changed behind the cache between the first and the second. */
  readonly seen: {
    readonly before: number;
    readonly afterChange: number;
    readonly afterPurge: number;
    readonly current: number;
  };
}

/** The same requests for the same products, with and without `cache` on the route. */
export const cache: Lab = {
  name: 'cache',
  title: 'What is kept at the gateway need not be answered again',
  teaches: [
    `A catalogue of ${PRODUCTS} products, each ${WORK_MS} ms to look up. A few are asked for often and most of them seldom, as catalogues are. The same load goes over two routes to the same service, one of them with a cache.`,
    'What is kept is answered by HAProxy out of memory: no replica is asked. So the service sees each product once, whatever the rate, and scaling sees a service with little to do.',
    'The price of it is age: until the ttl is over, or somebody purges, callers see what was kept.',
  ],
  aboutS: 15,
  async run(bench) {
    const project = await bench.start({
      gateway: {
        routes: [
          { path: '/kept/*', service: 'catalogue', rewrite: '/*', cache: { ttl: TTL } },
          { path: '/*', service: 'catalogue' },
        ],
      },
      services: {
        catalogue: {
          command: bench.program('catalogue.js'),
          env: { WORK_MS: `${WORK_MS}` },
          health: { path: '/health' },
          scale: { min: 1, max: 1 },
        },
      },
    });
    const without = await oneLoad(bench, project, '');
    bench.say(`without: p50 ${inTime(without.p50Ms)}, ${without.lookedUp} looked up`);
    const cached = await oneLoad(bench, project, '/kept');
    bench.say(`with: p50 ${inTime(cached.p50Ms)}, ${cached.lookedUp} looked up`);
    const hitRate = await hitRateAfter(bench, project, cached.requests);
    const measured: CacheMeasured = { without, cached, hitRate, seen: await change(project) };
    return {
      claims: judgeCache(measured),
      sections: [
        {
          heading: 'The same load, with and without',
          table: {
            columns: ['route', 'requests', 'reached the service', 'p50', 'p95', 'failed'],
            rows: [rowOf('without', without), rowOf('with a cache', cached)],
            note: `${RPS} requests a second for ${LOAD_S} s, the nth product 1/n as often as the first.`,
          },
        },
      ],
    };
  },
};

export function judgeCache({ without, cached, hitRate, seen }: CacheMeasured): readonly Claim[] {
  const counted = 1 - cached.lookedUp / cached.requests;
  return [
    {
      text: 'The service sees each product once, where it saw every request',
      expected: `all of ${without.requests} without, at most twice ${PRODUCTS} with`,
      measured: `${without.lookedUp} without, ${cached.lookedUp} with`,
      // Those that miss at once all go to the service.
      met: without.lookedUp >= without.requests && cached.lookedUp <= 2 * PRODUCTS,
    },
    {
      text: 'The gateway’s hit rate is what the service sees missing',
      expected: `${inPercent(counted, 1)} within 2 points`,
      measured: hitRate === null ? 'not known' : inPercent(hitRate, 1),
      met: hitRate !== null && Math.abs(hitRate - counted) <= 0.02,
    },
    {
      text: 'Callers wait far less',
      expected: 'p50 at most a third of that without',
      measured: `${inTime(cached.p50Ms)} against ${inTime(without.p50Ms)}`,
      met: cached.p50Ms !== null && without.p50Ms !== null && cached.p50Ms <= without.p50Ms / 3,
    },
    {
      text: 'What has changed is not seen until it is purged, and then at once',
      expected: `price list ${seen.before}, ${seen.before}, then ${seen.current}`,
      measured: `${seen.before}, ${seen.afterChange}, then ${seen.afterPurge}`,
      met:
        seen.current > seen.before &&
        seen.afterChange === seen.before &&
        seen.afterPurge === seen.current,
    },
    {
      text: 'Nothing fails',
      expected: '0 failed',
      measured: `${without.failures + cached.failures} failed`,
      met: without.failures + cached.failures === 0,
    },
  ];
}

// Private

async function oneLoad(bench: Bench, project: LabProject, prefix: string): Promise<CacheLoad> {
  const base = new URL(project.gatewayUrl);
  const lines = Array.from(
    { length: PRODUCTS },
    (_, index) => `${1 / (index + 1)} ${prefix}/products/${index + 1}`,
  );
  const target = createTarget(base.href, { urls: parseUrls(lines.join('\n'), base) });
  const before = await lookedUp(project);
  const load: LoadResult = await runSteady(target, RPS, LOAD_S, bench.signal);
  return {
    requests: load.requests,
    failures: failuresOf(load),
    p50Ms: load.latencyMs.p50,
    p95Ms: load.latencyMs.p95,
    lookedUp: (await lookedUp(project)) - before,
  };
}

/** As the gateway tells it once it has counted so many; null: it keeps nothing. */
async function hitRateAfter(
  bench: Bench,
  project: LabProject,
  requests: number,
): Promise<number | null> {
  let hitRate: number | null = null;
  const counted = async (): Promise<boolean> => {
    const [kept] = (await project.status()).gateway.caches;
    hitRate = kept?.hitRate ?? null;
    return !kept || kept.hits + kept.misses >= requests;
  };
  await bench.until('the gateway to count its hits and misses', counted, 10_000);
  return hitRate;
}

async function lookedUp(project: LabProject): Promise<number> {
  return (await said<{ lookedUp: number }>(project, '/looked-up')).lookedUp;
}

async function change(project: LabProject): Promise<CacheMeasured['seen']> {
  const product = async (): Promise<number> =>
    (await said<{ priceList: number }>(project, '/kept/products/1')).priceList;
  const before = await product();
  const { priceList } = await said<{ priceList: number }>(project, '/prices', 'POST');
  const afterChange = await product();
  await project.client.purge('/kept/*');
  return { before, afterChange, afterPurge: await product(), current: priceList };
}

async function said<T>({ gatewayUrl }: LabProject, path: string, method = 'GET'): Promise<T> {
  return (await (await fetch(`${gatewayUrl}${path}`, { method })).json()) as T;
}

function rowOf(name: string, load: CacheLoad): (string | number)[] {
  const { requests, lookedUp: reached, p50Ms, p95Ms, failures } = load;
  return [name, requests, reached, inTime(p50Ms), inTime(p95Ms), failures];
}
