import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createActivation, KEDA_DEFAULTS } from './activation.ts';

const { pollingMs } = KEDA_DEFAULTS;

test('an active trigger wakes one replica, or the minimum', () => {
  assert.equal(createActivation(0).poll(0, 0, 0.1), 1);
  assert.equal(createActivation(3).poll(0, 0, 0.1), 3);
  assert.equal(createActivation(0).poll(0, 7, 0.1), 7, 'more is the matter of the HPA');
});

test('it goes to zero between 300 s and one poll more after the last active poll', () => {
  for (const lateMs of [1, 10_000, 29_999]) {
    const activation = createActivation(0);
    activation.poll(0, 1, 5);
    const gone = [];
    for (let now = lateMs; now <= 400_000; now += pollingMs) {
      if (activation.poll(now, 1, 0) === 0) gone.push(now);
    }
    const first = gone[0] ?? Number.NaN;
    assert.ok(first > 300_000 && first <= 330_000, `${first}`);
  }
});

test('exactly the threshold is not active', () => {
  assert.equal(createActivation(0).poll(0, 0, 0), 0);
});

test('what was scaled by someone else goes to zero at once', () => {
  assert.equal(createActivation(0).poll(0, 4, 0), 0);
});

test('a trigger that fails changes nothing', () => {
  const activation = createActivation(0);
  assert.equal(activation.poll(0, 4, null), 4);
  assert.equal(activation.poll(0, 0, null), 0);
});

test('with a minimum the HPA does everything but to put back what is below it', () => {
  const activation = createActivation(2);
  assert.equal(activation.poll(1e9, 4, 0), 4);
  assert.equal(activation.poll(1e9, 1, 0), 2);
});
