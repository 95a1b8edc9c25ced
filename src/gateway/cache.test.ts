import assert from 'node:assert/strict';
import { Agent } from 'node:http';
import { test } from 'node:test';
import { ask, testBackend, testGateway, type TestGateway } from '../../test/support/gateway.ts';
import { until } from '../../test/support/until.ts';
import type { Gateway, GatewayState } from './gateway.ts';
import type { RouteSpec } from '../spec/spec.ts';

const CACHE = { ttlMs: 60_000, sizeBytes: 2 ** 20, maxObjectBytes: 2 ** 18 };

/** Two cached routes and one that is not, all to one service. */
async function cachedGateway(t: Parameters<typeof testGateway>[0]) {
  const gateway = await testGateway(t);
  const backend = await testBackend(t, 'api-1');
  const state = (changes: Partial<GatewayState> = {}, cached = CACHE): GatewayState => {
    const base = gateway.state([backend]);
    const [all] = base.gateway.routes as [RouteSpec];
    const route = (path: string, cache: RouteSpec['cache']): RouteSpec => ({
      ...all,
      id: path,
      path,
      cache,
    });
    const routes = [route('/a', cached), route('/b', cached), route('/*', null)];
    return { ...base, gateway: { ...base.gateway, routes }, ...changes };
  };
  return { gateway, backend, state };
}

/** Looks until so many lookups are counted, and adds up. */
async function lookups(gateway: Gateway, wanted: number) {
  const sums = new Map<string, { hits: number; misses: number }>();
  const requests = { service: 0, byRoute: new Map<string, number>() };
  let sizes: readonly (number | null)[] = [];
  await until(`${wanted} lookups`, async () => {
    const { caches, services, routes } = await gateway.traffic();
    for (const { route, hits, misses } of caches) {
      const sum = sums.get(route) ?? { hits: 0, misses: 0 };
      sums.set(route, { hits: sum.hits + hits, misses: sum.misses + misses });
    }
    requests.service += services['api']?.requests ?? 0;
    for (const { route, requests: some } of routes) {
      requests.byRoute.set(route, (requests.byRoute.get(route) ?? 0) + some);
    }
    const looked = caches.map(({ sizeBytes }) => sizeBytes);
    if (looked.some((size) => size !== null)) sizes = looked;
    return [...sums.values()].reduce((all, { hits, misses }) => all + hits + misses, 0) >= wanted;
  });
  return { sums: Object.fromEntries(sums), requests, sizes };
}

async function times(count: number, gateway: TestGateway, path: string): Promise<void> {
  for (let n = 0; n < count; n++) {
    const { status } = await ask(gateway.port, path, { headers: { connection: 'close' } });
    assert.equal(status, 200);
  }
}

test('hits and misses are told by route, and a hit is a request of the route but not of the service', async (t) => {
  const { gateway, backend, state } = await cachedGateway(t);
  await gateway.start(state());
  await times(9, gateway, '/a');
  await times(4, gateway, '/b');
  await times(2, gateway, '/c');

  const { sums, requests, sizes } = await lookups(gateway, 13);
  assert.deepEqual(sums, { '/a': { hits: 8, misses: 1 }, '/b': { hits: 3, misses: 1 } });
  assert.equal(backend.requests, 4);
  assert.equal(requests.service, 4);
  assert.deepEqual(Object.fromEntries(requests.byRoute), { '/a': 9, '/b': 4, '/*': 2 });
  assert.ok(
    sizes.every((bytes) => bytes === null || bytes <= 2 ** 20),
    sizes.join(' '),
  );
});

test('a purge holds at once and without a reload, for its route alone', async (t) => {
  const { gateway, backend, state } = await cachedGateway(t);
  await gateway.start(state());
  await times(2, gateway, '/a');
  await times(2, gateway, '/b');
  assert.equal(backend.requests, 2);
  assert.equal((await gateway.apply(state({ cacheEpochs: { '/a': 1 } }))).kind, 'runtime');
  await times(2, gateway, '/a');
  await times(2, gateway, '/b');
  assert.equal(backend.requests, 3);
  assert.equal((await gateway.apply(state({ cacheEpochs: { '/a': 1 } }))).kind, 'nothing');
});

test('who takes HAProxy over brings nothing back that was purged, and counts from then on', async (t) => {
  const { gateway, backend, state } = await cachedGateway(t);
  await gateway.start(state());
  await times(3, gateway, '/a');
  const purged = state({ cacheEpochs: { '/a': 1 } });
  await gateway.apply(purged);
  await times(3, gateway, '/a');
  assert.equal(backend.requests, 2);
  await gateway.close();

  const next = gateway.successor();
  assert.deepEqual(await next.adopt(gateway.remembered.at(-1), purged), { kind: 'adopted' });
  await times(3, gateway, '/a');
  assert.equal(backend.requests, 2, 'it is the same cache');
  const { sums } = await lookups(next, 3);
  assert.deepEqual(sums['/a'], { hits: 3, misses: 0 });
});

test('counts survive a reload, which begins with empty caches', async (t) => {
  const { gateway, backend, state } = await cachedGateway(t);
  await gateway.start(state());
  await times(3, gateway, '/a');
  assert.equal((await gateway.apply(state({}, { ...CACHE, ttlMs: 5_000 }))).kind, 'reload');
  await times(3, gateway, '/a');
  assert.equal(backend.requests, 2);
  const { sums } = await lookups(gateway, 6);
  assert.deepEqual(sums['/a'], { hits: 4, misses: 2 });
});

test('a worker that leaves answers nothing from its cache any more', async (t) => {
  const { gateway, backend, state } = await cachedGateway(t);
  await gateway.start(state());
  await times(2, gateway, '/a');
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  t.after(() => agent.destroy());
  await ask(gateway.port, '/a', { agent });
  assert.equal(backend.requests, 1);
  await gateway.apply(state({}, { ...CACHE, ttlMs: 5_000 }));
  const last = await ask(gateway.port, '/a', { agent });
  assert.equal(last.status, 200);
  assert.equal(last.headers['cache-status'], undefined, 'by the worker that leaves');
  assert.equal(backend.requests, 2);
});

test('a cache that HAProxy would not take is refused and the last one serves', async (t) => {
  const { gateway, state } = await cachedGateway(t);
  await gateway.start(state());
  for (const wrong of [
    { ...CACHE, sizeBytes: 2 ** 19 },
    { ...CACHE, sizeBytes: 5 * 2 ** 30 },
    { ...CACHE, maxObjectBytes: 2 ** 20 },
    { ...CACHE, ttlMs: 10 },
  ]) {
    const applied = await gateway.apply(state({}, wrong));
    assert.equal(applied.kind, 'refused');
  }
  await times(1, gateway, '/a');
});
