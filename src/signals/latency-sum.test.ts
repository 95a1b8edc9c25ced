import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from '../../test/support/property.ts';
import { addLatency, createHistogram, mergeInto, percentileMs } from './histogram.ts';
import { createLatencySum, packLatency } from './latency-sum.ts';

const histograms = fc
  .array(
    fc.record({
      valueMs: fc.double({ min: 0, max: 60_000, noNaN: true }),
      weight: fc.integer({ min: 1, max: 50 }),
    }),
  )
  .map((entries) => {
    const histogram = createHistogram();
    for (const { valueMs, weight } of entries) addLatency(histogram, valueMs, weight);
    return histogram;
  });

test('what was added and taken out again leaves the percentiles of the rest', () => {
  fc.assert(
    fc.property(fc.array(histograms), histograms, histograms, (gone, a, b) => {
      const sum = createLatencySum();
      for (const each of [...gone, a, b]) sum.add(packLatency(each));
      for (const each of gone) sum.remove(packLatency(each));
      const merged = createHistogram();
      mergeInto(merged, a);
      mergeInto(merged, b);
      assert.equal(sum.total, merged.total);
      for (const fraction of [0, 0.5, 0.95, 0.99, 1]) {
        assert.equal(sum.percentileMs(fraction), percentileMs(merged, fraction));
      }
    }),
  );
});

test('the least percentile is the least latency, however many smaller buckets are empty', () => {
  const histogram = createHistogram();
  addLatency(histogram, 100);
  const sum = createLatencySum();
  sum.add(packLatency(histogram));
  assert.equal(sum.percentileMs(0), percentileMs(histogram, 0));
});

test('the mean weighs latencies by their requests', () => {
  const histogram = createHistogram();
  addLatency(histogram, 10, 3);
  addLatency(histogram, 50, 1);
  const sum = createLatencySum();
  assert.equal(sum.meanMs, 0);
  sum.add(packLatency(histogram));
  assert.ok(Math.abs(sum.meanMs - 20) < 0.4);
});

test('two hundred thousand additions of fractional weights leave nothing behind', () => {
  const sum = createLatencySum();
  const histogram = createHistogram();
  addLatency(histogram, 12.34, 0.1);
  addLatency(histogram, 7_000, 1 / 3);
  const latency = packLatency(histogram);
  for (let turn = 0; turn < 100_000; turn++) {
    sum.add(latency);
    sum.add(latency);
    sum.remove(latency);
    sum.remove(latency);
  }
  assert.equal(sum.total, 0);
  assert.equal(sum.percentileMs(0.95), null);
  assert.equal(sum.meanMs, 0);
});
