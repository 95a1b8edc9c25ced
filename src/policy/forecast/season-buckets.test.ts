import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createBuckets } from './season-buckets.ts';

test('an observation fills the buckets it spans, and shares one with others by time', () => {
  const buckets = createBuckets(1000, 100);
  buckets.add(10_000, 13_000, 5);
  buckets.add(13_000, 13_250, 8);
  buckets.add(13_250, 14_000, 4);
  assert.deepEqual([10, 11, 12, 13].map(buckets.rps), [5, 5, 5, 5]);
  assert.equal(buckets.mean(12, 13), 5);
  assert.equal(buckets.newest, 13, 'a moment at the edge belongs to what went before');
});

test('what is not known is NaN and counts for nothing', () => {
  const buckets = createBuckets(1000, 100);
  buckets.add(0, 1000, 6);
  buckets.add(4000, 5000, 2);
  assert.ok(Number.isNaN(buckets.rps(2)));
  assert.equal(buckets.mean(0, 4), 4);
  assert.equal(buckets.maximum(1, 4), 2);
  assert.ok(Number.isNaN(buckets.mean(1, 3)));
  assert.ok(Number.isNaN(buckets.maximum(7, 9)));
});

test('the oldest are forgotten, and means stay right over the edge of the ring', () => {
  const buckets = createBuckets(1000, 1500);
  for (let index = 0; index < 4000; index++) buckets.add(index * 1000, (index + 1) * 1000, index);
  assert.equal(buckets.newest - buckets.oldest + 1, 1500);
  assert.equal(buckets.oldest, 2500);
  assert.ok(Number.isNaN(buckets.rps(2499)));
  assert.equal(buckets.mean(0, 3999), (2500 + 3999) / 2);
  assert.equal(buckets.mean(2999, 3001), 3000);
  assert.equal(buckets.maximum(2600, 2700), 2700);
});

test('after a gap longer than the ring it begins afresh', () => {
  const buckets = createBuckets(1000, 50);
  buckets.add(0, 5000, 9);
  buckets.add(1_000_000, 1_001_000, 3);
  assert.equal(buckets.oldest, 1000);
  assert.equal(buckets.mean(0, 2000), 3);
});

test('what lay after a moment can be taken back', () => {
  const buckets = createBuckets(1000, 50);
  for (let index = 0; index < 10; index++) buckets.add(index * 1000, (index + 1) * 1000, index);
  buckets.forgetAfter(5000);
  assert.equal(buckets.newest, 4);
  buckets.add(5000, 6000, 20);
  assert.equal(buckets.mean(4, 5), 12);
  buckets.forgetAfter(-1);
  assert.ok(buckets.newest < buckets.oldest);
  buckets.add(2000, 3000, 7);
  assert.equal(buckets.mean(0, 9), 7);
});
