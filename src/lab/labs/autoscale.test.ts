import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgeAutoscale, type AutoscaleMeasured, type Change } from './autoscale.ts';

const change = (atS: number, from: number, to: number): Change => ({ at: atS * 1000, from, to });
const SOUND: AutoscaleMeasured = {
  steps: [
    { users: 25, least: 2, most: 2, ready: [2, 2, 2] },
    { users: 50, least: 3, most: 5, ready: [4, 4] },
    { users: 100, least: 8, most: 10, ready: [9, 9, 8] },
  ],
  changes: [
    change(10, 2, 4),
    change(20, 4, 6),
    change(22, 6, 9),
    change(31, 9, 6),
    change(34, 6, 2),
  ],
  readyAtEnd: 2,
  requests: 12_000,
  failures: 0,
};

test('a count that follows and comes back is as claimed', () => {
  assert.deepEqual(missed(SOUND), []);
});

test('a count that leaves its range for a second is seen', () => {
  const [first, ...others] = SOUND.steps;
  const steps = [{ ...first, ready: [2, 3, 2] } as (typeof SOUND.steps)[number], ...others];
  assert.deepEqual(missed({ ...SOUND, steps }), [0]);
});

test('a step of which nothing was recorded is not met', () => {
  const steps = SOUND.steps.map((step) => ({ ...step, ready: [] }));
  assert.deepEqual(missed({ ...SOUND, steps }), [0, 1, 2]);
});

test('replicas that stay are seen', () => {
  assert.deepEqual(missed({ ...SOUND, readyAtEnd: 3 }), [3]);
});

test('a decision above the maximum or below the minimum is seen', () => {
  const changes = [...SOUND.changes, change(40, 2, 11), change(50, 11, 2)];
  assert.deepEqual(missed({ ...SOUND, changes }), [4]);
  assert.deepEqual(missed({ ...SOUND, changes: [...SOUND.changes, change(60, 2, 1)] }), [4]);
});

test('two steps within the cooldown are seen, in either direction', () => {
  const up = [change(10, 2, 4), change(10.5, 4, 6), change(31, 6, 2)];
  assert.deepEqual(missed({ ...SOUND, changes: up }), [5]);
  const down = [change(10, 2, 9), change(31, 9, 6), change(32, 6, 2)];
  assert.deepEqual(missed({ ...SOUND, changes: down }), [5]);
});

test('without any decision nothing was shown of limits and cooldowns', () => {
  assert.deepEqual(missed({ ...SOUND, changes: [] }), [4, 5]);
});

test('one failure is seen', () => {
  assert.deepEqual(missed({ ...SOUND, failures: 1 }), [6]);
});

function missed(measured: AutoscaleMeasured): number[] {
  return judgeAutoscale(measured).flatMap(({ met }, index) => (met ? [] : [index]));
}
