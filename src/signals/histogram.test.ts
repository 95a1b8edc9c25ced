import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from '../../test/support/property.ts';
import {
  addLatency,
  BUCKETS,
  bucketOf,
  createHistogram,
  mergeInto,
  middleMs,
  percentileMs,
} from './histogram.ts';

function histogramOf(valuesMs: readonly number[]) {
  const histogram = createHistogram();
  for (const valueMs of valuesMs) addLatency(histogram, valueMs);
  return histogram;
}

test('a bucket stands for its values with a relative error of at most 1/64', () => {
  fc.assert(
    fc.property(fc.double({ min: 0.064, max: 4_000_000, noNaN: true }), (valueMs) => {
      const shown = middleMs(bucketOf(valueMs));
      assert.ok(Math.abs(shown - valueMs) <= valueMs / 64, `${valueMs} shown as ${shown}`);
    }),
  );
});

test('below 64 microseconds values are kept to the microsecond, and zero stays zero', () => {
  assert.equal(middleMs(bucketOf(0)), 0);
  for (const us of [1, 2, 17, 63]) {
    assert.ok(Math.abs(middleMs(bucketOf(us / 1000)) - us / 1000) <= 0.001);
  }
});

test('a longer latency never falls into an earlier bucket, and no bucket is left out', () => {
  let previous = 0;
  for (let us = 0; us < 100_000; us++) {
    const bucket = bucketOf((us + 0.5) / 1000);
    assert.ok(bucket === previous || bucket === previous + 1, `${us} µs`);
    previous = bucket;
  }
});

test('what is negative counts as 0, what is longer than the range as its end, NaN not at all', () => {
  assert.equal(bucketOf(-5), 0);
  assert.equal(bucketOf(Infinity), BUCKETS - 1);
  assert.equal(bucketOf(1e12), BUCKETS - 1);
  const histogram = histogramOf([Number.NaN]);
  addLatency(histogram, 5, 0);
  addLatency(histogram, 5, -1);
  addLatency(histogram, 5, Infinity);
  assert.equal(histogram.total, 0);
});

test('percentiles are those of the sorted values, nearest rank', () => {
  const histogram = histogramOf(Array.from({ length: 100 }, (_, index) => index + 1));
  for (const [fraction, exactMs] of [
    [0.5, 50],
    [0.95, 95],
    [0.99, 99],
    [1, 100],
  ] as const) {
    const shown = percentileMs(histogram, fraction) as number;
    assert.ok(Math.abs(shown - exactMs) <= exactMs / 64, `p${fraction * 100} is ${shown}`);
  }
});

test('an empty histogram has no percentile', () => {
  assert.equal(percentileMs(createHistogram(), 0.95), null);
});

test('a weight counts as that many requests', () => {
  const histogram = histogramOf([10]);
  addLatency(histogram, 100, 99);
  assert.equal(histogram.total, 100);
  assert.ok((percentileMs(histogram, 0.02) as number) > 90);
});

test('merging histograms is the same as filling one, in any order', () => {
  const values = fc.array(fc.double({ min: 0, max: 100_000, noNaN: true }));
  fc.assert(
    fc.property(values, values, (a, b) => {
      const merged = histogramOf(a);
      mergeInto(merged, histogramOf(b));
      const filled = histogramOf([...b, ...a]);
      assert.equal(merged.total, filled.total);
      assert.deepEqual(merged.buckets, filled.buckets);
    }),
  );
});
