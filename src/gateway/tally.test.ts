import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AccessLine } from './access-line.ts';
import { createTally } from './tally.ts';

const LINE: AccessLine = {
  service: 'api',
  route: '/*',
  code: 200,
  denial: null,
  cache: null,
  weight: 1,
  latencyMs: 10,
  busyMs: 10,
};

test('requests add up by route and code, latencies by service too', () => {
  const tally = createTally();
  tally.add({ ...LINE, weight: 50 });
  tally.add({ ...LINE, route: '/b' });
  tally.add({ ...LINE, code: 503, latencyMs: null });
  const { services, routes } = tally.take();
  assert.equal(services.get('api')?.total, 51);
  assert.deepEqual(
    routes.map(({ route, code, requests, latency }) => [route, code, requests, latency.total]),
    [
      ['/*', 200, 50, 50],
      ['/b', 200, 1, 1],
      ['/*', 503, 1, 0],
    ],
  );
});

test('what was handed over is gone', () => {
  const tally = createTally();
  tally.add(LINE);
  tally.take();
  const empty = { services: new Map(), routes: [], caches: new Map(), served: new Map() };
  assert.deepEqual(tally.take(), { ...empty, unserved: 0 });
});

test('requests that no route takes are no service’s', () => {
  const tally = createTally();
  tally.add({ ...LINE, service: ':gateway', route: null, code: 404, weight: 20 });
  const { services, unserved } = tally.take();
  assert.deepEqual([services.size, unserved], [0, 20]);
});

test('what replicas were busy with adds up by service, each request with its weight', () => {
  const tally = createTally();
  tally.add({ ...LINE, weight: 50, busyMs: 20 });
  tally.add({ ...LINE, code: 503, busyMs: null });
  tally.add({ ...LINE, code: 504, busyMs: 1_000 });
  assert.deepEqual(tally.take().served.get('api'), { requests: 51, busyMs: 2_000 });
});
