/** The vectors of Knative's `pkg/autoscaler/aggregation/bucketing_test.go`. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createBuckets } from './windows.ts';

const NOW = 1_700_000_000_000;
const at = (seconds: number): number => NOW + seconds * 1000;

test('TestTimedFloat64BucketsWindowAverage', () => {
  const buckets = createBuckets(5);
  buckets.record(at(0), 1);
  assert.equal(buckets.windowAverage(at(0)), 1, 'divided by the seconds there are, not by five');
  for (let i = 1; i < 5; i += 1) buckets.record(at(i), i + 1);
  assert.equal(buckets.windowAverage(at(4)), 15 / 5);
  assert.equal(buckets.windowAverage(at(3.6)), 15 / 5, 'now lags behind');
  assert.equal(buckets.windowAverage(at(6)), (15 - 1 - 2) / (5 - 2), 'a short hole');
  assert.equal(buckets.windowAverage(at(10)), 0, 'a long hole');
  buckets.record(at(6), 91);
  assert.equal(buckets.windowAverage(at(6)), (15 - 1 - 2 + 91) / 5, 'a write with holes');

  const later = (seconds: number): number => at(60 + seconds);
  buckets.record(later(0), 1_984);
  assert.equal(buckets.windowAverage(later(0)), 1_984);
  buckets.record(later(-3), 4);
  assert.equal(buckets.windowAverage(later(0)), (4 + 1_984) / 4, 'an earlier time');
  buckets.record(later(1), 5);
  assert.equal(buckets.windowAverage(later(1)), (4 + 1_984 + 5) / 5);
  buckets.record(later(-2), 10);
  assert.equal(buckets.windowAverage(later(1)), (4 + 10 + 1_984 + 5) / 5);
  buckets.record(later(-5), 10);
  buckets.record(later(-4), 10);
  assert.equal(buckets.windowAverage(later(1)), (4 + 10 + 1_984 + 5) / 5, 'too early');
  buckets.record(later(6), 10);
  assert.equal(buckets.windowAverage(later(6)), 10, 'nothing for exactly the window');
});

test('TestTimedFloat64BucketsManyRepsWithNonMonotonicalOrder', () => {
  const buckets = createBuckets(60);
  [0, 3, 2, 1, 4].forEach((second, round) => {
    for (let i = 0; i < 5; i += 1) buckets.record(at(second), round + i);
  });
  assert.equal(buckets.windowAverage(at(4)), 100 / 5);
});

test('the window is empty before the first record, and when nothing came for longer than it', () => {
  const buckets = createBuckets(60);
  assert.equal(buckets.isEmpty(at(0)), true);
  buckets.record(at(0), 0);
  assert.equal(buckets.isEmpty(at(60)), false);
  assert.equal(buckets.isEmpty(at(61)), true);
});
