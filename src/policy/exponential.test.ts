import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decideIn, type Situation } from '../../test/support/scaling.ts';

const rawOf = (given: Situation): number | null =>
  decideIn({ ...given, scale: { policy: 'exponential', ...given.scale } }).raw;

test('over the threshold half as many more, rounded up', () => {
  for (const [current, wanted] of [
    [0, 1],
    [1, 2],
    [2, 3],
    [3, 5],
    [10, 15],
  ] as const) {
    const given = { desired: current, ready: Math.max(1, current), scale: { min: 0 } };
    assert.equal(rawOf({ ...given, stable: { latencyP95Ms: 1_100 } }), wanted, `from ${current}`);
  }
});

test('at twice the threshold as many again', () => {
  assert.equal(rawOf({ desired: 10, stable: { latencyP95Ms: 1_999 } }), 15);
  assert.equal(rawOf({ desired: 10, stable: { latencyP95Ms: 2_000 } }), 20);
});

test('comes down by one', () => {
  assert.equal(rawOf({ desired: 10, stable: { cpu: 0.01 } }), 9);
});

test('a slow start does not multiply: what is coming is counted in before the next step', () => {
  const coming = { desired: 20, ready: 10, starting: 10 };
  assert.equal(rawOf({ ...coming, stable: { latencyP95Ms: 1_900 } }), 20);
  assert.equal(rawOf({ ...coming, stable: { latencyP95Ms: 3_000 } }), 30);
});
