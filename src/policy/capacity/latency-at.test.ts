import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fewestFor, latencyAt } from './latency-at.ts';

const measured = { latencyP50Ms: 50, latencyP95Ms: 200, latencyP99Ms: 400 };

test('the percentiles that are measured are taken as they are', () => {
  assert.equal(latencyAt(50)(measured), 50);
  assert.equal(latencyAt(95)(measured), 200);
  assert.equal(latencyAt(99)(measured), 400);
});

test('one between two of them lies between their latencies, and one below the median is the median', () => {
  const between = [60, 75, 90, 94].map((percentile) => latencyAt(percentile)(measured) as number);
  assert.deepEqual(
    between.map(Math.round),
    [62, 88, 147, 185],
    'a log-normal latency: 50 ms × 4 ^ (z ÷ 1.645)',
  );
  assert.ok((latencyAt(97)(measured) as number) > 200);
  assert.equal(latencyAt(10)(measured), 50);
});

test('what is not measured is not made up', () => {
  assert.equal(latencyAt(95)({ ...measured, latencyP95Ms: null }), null);
  assert.equal(latencyAt(90)({ ...measured, latencyP50Ms: null }), 200);
  assert.equal(latencyAt(97)({ ...measured, latencyP99Ms: null }), null);
});

test('a percentile needs so many requests to be evidence', () => {
  assert.deepEqual([50, 90, 95, 99].map(fewestFor), [2, 10, 20, 100]);
});
