import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from '../../test/support/property.ts';
import type { Looks } from './traffic-window.ts';
import { concurrencyOf } from './traffic-window.ts';

/** So many looks with this mean, the newest like the others unless said. */
const looks = (mean: number, count: number, newest = mean): Looks => ({ mean, count, newest });

test('short requests: Little’s law stands in for looks that agree with it within their noise', () => {
  assert.equal(concurrencyOf(looks(8, 10), 10), 10);
  assert.equal(concurrencyOf(looks(12.9, 10), 10), 10);
});

test('requests that hang or stream are seen by looking, however fast the others are', () => {
  assert.equal(concurrencyOf(looks(100, 10), 0.1), 100);
  assert.equal(concurrencyOf(looks(5, 10), 0), 5);
});

test('what waits at the gateway is in the latency, so Little’s law does not speak while there is a queue', () => {
  assert.equal(concurrencyOf(looks(4, 10), null), 4);
});

test('random arrivals of a known concurrency are told more steadily than by looking alone', () => {
  // 200 requests a second of 50 ms each: ten in service. Looks are Poisson(10), rate and latency are exact here.
  const poisson = fc.array(fc.integer({ min: 6, max: 14 }), { minLength: 10, maxLength: 10 });
  fc.assert(
    fc.property(poisson, (seen) => {
      const looked = seen.reduce((sum, look) => sum + look, 0) / seen.length;
      const told = concurrencyOf(looks(looked, seen.length, seen.at(-1)), 10);
      assert.ok(Math.abs(told - 10) <= Math.abs(looked - 10));
    }),
  );
});

test('a tenfold step is told at the first look after it, at whatever moment it came', () => {
  // Requests of 200 ms, 20 a second and then 200: 4 in service and then 40. Three looks, a second apart, the last at x.
  for (let x = 0.2; x <= 1; x += 0.01) {
    const little = ((20 * (3 - x) + 200 * x) / 3) * 0.2;
    assert.ok(concurrencyOf(looks(16, 3, 40), little) >= 15.9, `a step ${x.toFixed(2)} s ago`);
  }
});
