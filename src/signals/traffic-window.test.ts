import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { concurrencyOf } from './traffic-window.ts';

test('short requests: Little’s law stands in for looks that agree with it within their noise', () => {
  assert.equal(concurrencyOf(8, 10, 10), 10);
  assert.equal(concurrencyOf(12.9, 10, 10), 10);
});

test('requests that hang or stream are seen by looking, however fast the others are', () => {
  assert.equal(concurrencyOf(100, 10, 0.1), 100);
  assert.equal(concurrencyOf(5, 10, 0), 5);
});

test('what waits at the gateway is in the latency, so Little’s law does not speak while there is a queue', () => {
  assert.equal(concurrencyOf(4, 10, null), 4);
});

test('random arrivals of a known concurrency are told more steadily than by looking alone', () => {
  // 200 requests a second of 50 ms each: ten in service. Looks are Poisson(10), rate and latency are exact here.
  const poisson = fc.array(fc.integer({ min: 6, max: 14 }), { minLength: 10, maxLength: 10 });
  fc.assert(
    fc.property(poisson, (looks) => {
      const looked = looks.reduce((sum, look) => sum + look, 0) / looks.length;
      const told = concurrencyOf(looked, looks.length, 10);
      assert.ok(Math.abs(told - 10) <= Math.abs(looked - 10));
    }),
  );
});
