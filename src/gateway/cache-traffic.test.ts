import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from '../../test/support/property.ts';
import { createCacheCounter } from './cache-traffic.ts';
import { gatewayState, route } from './render/fixtures/states.ts';

const cache = { ttlMs: 1_000, sizeBytes: 2 ** 20, maxObjectBytes: 2 ** 18 };
const state = (...paths: readonly string[]) =>
  gatewayState([], { routes: paths.map((path) => route({ path, cache })) });
const none = { use: { lookups: 0, hits: 0 }, logged: new Map(), sizes: null };

test('the only cache has everything, whatever the samples say', () => {
  const [row] = createCacheCounter().take(state('/a'), { ...none, use: { lookups: 9, hits: 7 } });
  assert.deepEqual(row, { route: '/a', hits: 7, misses: 2, sizeBytes: null });
});

test('several share by their samples; what no sample spoke for waits for the next look', () => {
  const counter = createCacheCounter();
  const both = state('/a', '/b');
  const logged = new Map([
    ['/a', { hits: 3, misses: 0 }],
    ['/b', { hits: 1, misses: 0 }],
  ]);
  const first = counter.take(both, { ...none, use: { lookups: 100, hits: 90 }, logged });
  assert.deepEqual(
    first.map(({ hits, misses }) => [hits, misses]),
    [
      [68, 0],
      [22, 0],
    ],
  );
  const late = new Map([['/b', { hits: 0, misses: 2 }]]);
  const second = counter.take(both, { ...none, logged: late });
  assert.deepEqual(
    second.map(({ hits, misses }) => [hits, misses]),
    [
      [0, 0],
      [0, 10],
    ],
  );
});

test('the sum over time is what HAProxy counted, and nothing is ever negative', () => {
  const look = fc.record({
    hits: fc.nat(1000),
    misses: fc.nat(1000),
    a: fc.nat(50),
    b: fc.nat(50),
    c: fc.nat(50),
  });
  fc.assert(
    fc.property(fc.array(look, { maxLength: 20 }), (looks) => {
      const counter = createCacheCounter();
      const all = state('/a', '/b', '/c');
      const told = { hits: 0, misses: 0 };
      const counted = { hits: 0, misses: 0 };
      const last = { hits: 0, misses: 0, a: 1, b: 1, c: 1 };
      for (const { hits, misses, a, b, c } of [...looks, last]) {
        const logged = new Map([
          ['/a', { hits: a, misses: b }],
          ['/b', { hits: b, misses: c }],
          ['/c', { hits: c, misses: a }],
        ]);
        const use = { lookups: hits + misses, hits };
        for (const row of counter.take(all, { use, logged, sizes: null })) {
          assert.ok(row.hits >= 0 && row.misses >= 0);
          told.hits += row.hits;
          told.misses += row.misses;
        }
        counted.hits += hits;
        counted.misses += misses;
      }
      assert.deepEqual(told, counted);
    }),
  );
});
