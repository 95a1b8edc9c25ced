import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRateHistory } from './rate-history.ts';

test('means between observations, by how long each of them is', () => {
  const history = createRateHistory(1_000, 8);
  history.observe(1_000, 10);
  history.observe(2_000, 20);
  history.observe(4_000, 50);
  assert.equal(history.meanRps(3, 0), (10 + 20 + 100) / 4);
  assert.equal(history.meanRps(3, 1), 15);
  assert.ok(Number.isNaN(history.meanRps(4, 0)));
});

test('it goes on beyond its size', () => {
  const history = createRateHistory(1_000, 8);
  for (let second = 0; second < 1_000; second++) history.observe(second * 1_000, second);
  assert.equal(history.count, 7);
  assert.equal(history.meanRps(7, 0), 996);
});

test('after a gap, or a clock that was set back, it begins anew', () => {
  const history = createRateHistory(1_000, 8);
  history.observe(1_000, 10);
  history.observe(2_000, 10);
  history.observe(60_000, 30);
  assert.equal(history.count, 1);
  assert.equal(history.meanRps(1, 0), 30);
  history.observe(5_000, 40);
  assert.equal(history.count, 1);
  assert.equal(history.meanRps(1, 0), 40);
});

test('the newest is known however few are asked for', () => {
  const history = createRateHistory(120_000, 1);
  for (const at of [0, 120_000, 240_000]) history.observe(at, 30);
  assert.equal(history.count, 1);
  assert.equal(history.meanRps(1, 0), 30);
});
