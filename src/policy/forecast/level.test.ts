import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLevel } from './level.ts';
import { createRateHistory } from './rate-history.ts';

function levelAfter(rates: readonly number[]): number {
  const history = createRateHistory(1_000, 128);
  const level = createLevel(history, 1_000);
  for (const [second, rps] of rates.entries()) history.observe(second * 1_000, rps);
  return level();
}

const steady = (rps: number, seconds: number): number[] =>
  Array.from({ length: seconds }, () => rps);

test('the mean of a minute while the load is steady, whatever a second of it was', () => {
  assert.equal(levelAfter([...steady(100, 59), 130]), 100.5);
});

test('a step counts as soon as it is more than chance, a large one after three seconds', () => {
  assert.equal(levelAfter([...steady(100, 60), ...steady(300, 3)]), 300);
  assert.equal(levelAfter([...steady(100, 60), ...steady(150, 10)]), 150);
});

test('a fall is believed after ten seconds, not after three', () => {
  assert.ok(levelAfter([...steady(300, 60), ...steady(100, 3)]) > 200);
  assert.equal(levelAfter([...steady(300, 60), ...steady(100, 10)]), 100);
});

test('of a service that has just begun: what there is; of none: nothing', () => {
  assert.equal(levelAfter([40]), 40);
  assert.ok(Number.isNaN(levelAfter([])));
});

test('one second of a step is believed by a third', () => {
  const level = levelAfter([...steady(100, 60), 300]);
  assert.ok(level > 150 && level < 200, `${level}`);
});
