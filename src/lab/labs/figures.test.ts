import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inKinds, inPercent, inTime, median, quantile } from './figures.ts';

test('a time is written with as many digits as one reads', () => {
  assert.deepEqual([4.26, 48.7, 2310, null].map(inTime), ['4.3 ms', '49 ms', '2.31 s', 'none']);
});

test('a share of nothing is none, not zero', () => {
  assert.equal(inPercent(1, 8), '12.5 %');
  assert.equal(inPercent(0, 0), 'none');
});

test('kinds of errors come most frequent first', () => {
  assert.equal(inKinds({ reset: 1, 'status-503': 12 }), 'status-503 ×12, reset ×1');
  assert.equal(inKinds({}), 'none');
});

test('a quantile is one of the values, and of nothing it is no number', () => {
  assert.equal(median([3, 1, 2]), 2);
  assert.equal(quantile([4, 1, 3, 2], 0.95), 4);
  assert.ok(Number.isNaN(median([])));
});
