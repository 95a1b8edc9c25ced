import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createPace } from './pace.ts';

function paceAfter(...tookMs: readonly number[]): number {
  const pace = createPace();
  for (const ms of tookMs) pace.took(ms);
  return pace.intervalMs();
}

test('one slow answer does not leave what waits unseen', () => {
  assert.equal(paceAfter(), 1000);
  assert.equal(paceAfter(5000), 1000);
  assert.equal(paceAfter(5, 5, 6000), 1000);
  assert.equal(paceAfter(6000, 6000, 5), 1000);
});

test('it tells how long one took at most lately, as an answer may be that much older', () => {
  const pace = createPace();
  assert.equal(pace.slowestMs(), 0);
  for (const ms of [20, 2500, 30]) pace.took(ms);
  assert.equal(pace.slowestMs(), 2500);
  for (const ms of [20, 20, 20]) pace.took(ms);
  assert.equal(pace.slowestMs(), 20);
});

test('what is always slow is at work for a tenth of the time, and is asked every ten seconds at least', () => {
  assert.equal(paceAfter(400, 300, 500), 3000);
  assert.equal(paceAfter(4000, 3000, 5000), 10_000);
  assert.equal(paceAfter(400, 300, 500, 20, 20, 20), 1000);
});
