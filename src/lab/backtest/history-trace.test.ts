import assert from 'node:assert/strict';
import { test } from 'node:test';
import { traceOfHistory } from './history-trace.ts';

const T = 1_700_000_040_000;

const each = (stepMs: number, rates: readonly (number | null)[], from = T) =>
  rates.map((rps, index) => ({ at: from + index * stepMs, rps, arrivedRps: null }));

test('samples that come nearly each second are a trace of seconds', () => {
  const samples = each(1_000, [1, 2, 3, 4]).map((sample, index) => ({
    ...sample,
    at: sample.at + (index % 2) * 30,
  }));
  const { trace, from, filledIn, isPart } = traceOfHistory('api', samples) ?? assert.fail();
  assert.deepEqual([trace.name, trace.stepMs, [...trace.rps]], ['api', 1_000, [1, 2, 3, 4]]);
  assert.deepEqual([from, filledIn, isPart], [T, 0, false]);
});

test('coarser samples are a trace of their own step, two in one step their mean', () => {
  const samples = [...each(60_000, [10, 20, 30]), ...each(60_000, [60], T + 2 * 60_000 + 20_000)];
  const { trace } = traceOfHistory('api', samples) ?? assert.fail();
  assert.deepEqual([trace.stepMs, [...trace.rps]], [60_000, [10, 20, 45]]);
});

test('what arrived in each step is replayed; where that is not known, the mean over the window', () => {
  const arrived = [0, 80, 60, null, null];
  const samples = each(1_000, [5, 10, null, 30, 40]).map((sample, index) => ({
    ...sample,
    arrivedRps: arrived[index] ?? null,
  }));
  const found = traceOfHistory('api', samples);
  assert.deepEqual([...(found?.trace.rps ?? [])], [0, 80, 60, 30, 40]);
});

test('a short gap is a straight line, and told', () => {
  const found = traceOfHistory('api', each(1_000, [1, 1, null, null, 4, 4]));
  assert.deepEqual([...(found?.trace.rps ?? [])], [1, 1, 2, 3, 4, 4]);
  assert.equal(found?.filledIn, 2);
});

test('of what has a long gap the longest part is taken, and told', () => {
  const samples = [
    ...each(1_000, [9, 9]),
    ...each(1_000, [1, 2, 3, 4], T + 60_000),
    ...each(1_000, [8, 8, 8], T + 120_000),
  ];
  const { trace, from, isPart } = traceOfHistory('api', samples) ?? assert.fail();
  assert.deepEqual([[...trace.rps], from - T, isPart], [[1, 2, 3, 4], 60_000, true]);
});

test('nothing, one sample, or none that was measured is no trace', () => {
  assert.equal(traceOfHistory('api', []), null);
  assert.equal(traceOfHistory('api', each(1_000, [1])), null);
  assert.equal(traceOfHistory('api', each(1_000, [null, null, null])), null);
  assert.equal(traceOfHistory('api', each(1_000, [1, null, null])), null);
});
