import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createBuckets } from './season-buckets.ts';
import { smoothed } from './season-smoothed.ts';

test('what comes back with the span is gone, what lies beneath is left', () => {
  const buckets = createBuckets(1000, 200);
  for (let at = 0; at < 100; at++) {
    buckets.add(at * 1000, (at + 1) * 1000, (at % 5 === 0 ? 60 : 10) + (at >= 50 ? 40 : 0));
  }
  const rates = smoothed(buckets, 5000);
  assert.deepEqual([10, 11, 12, 13, 30].map(rates.rps), [20, 20, 20, 20, 20]);
  assert.equal(rates.maximum(0, 47), 80 / 3, 'at the edge a mean is of what is known');
  assert.equal(rates.maximum(60, 90), 60);
  assert.ok(Number.isNaN(rates.rps(150)));
});

test('a span of a bucket or less changes nothing', () => {
  const buckets = createBuckets(1000, 10);
  assert.equal(smoothed(buckets, 1000), buckets);
  assert.equal(smoothed(buckets, 0), buckets);
});
