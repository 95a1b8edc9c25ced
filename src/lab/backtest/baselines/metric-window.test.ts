import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMetricWindow } from './metric-window.ts';

test('a metric is the mean over its window, read as late as it comes', () => {
  const window = createMetricWindow({ windowMs: 3_000, delayMs: 2_000 }, 1_000);
  const read = [1, 2, 3, 4, 5, 6, 7].map((value) => {
    window.push(value);
    return window.mean();
  });
  assert.deepEqual(read, [null, null, 1, 1.5, 2, 3, 4]);
});

test('a tick that is no part of the delay makes a metric no older than it is', () => {
  const window = createMetricWindow({ windowMs: 5_000, delayMs: 7_500 }, 5_000);
  const read = [1, 2, 3].map((value) => {
    window.push(value);
    return window.mean();
  });
  assert.deepEqual(read, [null, 1, 2]);
});

test('a window shorter than a tick is that tick', () => {
  const window = createMetricWindow({ windowMs: 100, delayMs: 0 }, 2_000);
  window.push(1);
  window.push(5);
  assert.equal(window.mean(), 5);
});
