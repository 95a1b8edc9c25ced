import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRate, perTick } from './rate.ts';

const TRACE = { name: 'a', stepMs: 10_000, rps: Float64Array.of(10, 30, 20) };

test('the rate goes in a straight line from the middle of a step to the next, and holds at both ends', () => {
  const rate = createRate(TRACE);
  assert.deepEqual(
    [0, 5_000, 10_000, 15_000, 17_500, 25_000, 29_999].map(rate),
    [10, 10, 20, 30, 27.5, 20, 20],
  );
});

test('on demand each rate holds for its step, and all are multiplied', () => {
  const rate = createRate(TRACE, { hold: true, multiply: 3 });
  assert.deepEqual([0, 9_999, 10_000, 29_999].map(rate), [30, 30, 90, 60]);
});

test('a tick sees the rate in its middle, and all steps where it is longer than they are', () => {
  assert.equal(perTick(createRate(TRACE), 10_000, 1_000)(9_500), 20);
  assert.equal(perTick(createRate(TRACE, { hold: true }), 10_000, 30_000)(0), 20);
});
