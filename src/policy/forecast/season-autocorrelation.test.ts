import assert from 'node:assert/strict';
import { test } from 'node:test';
import { autocorrelation } from './season-autocorrelation.ts';

test('it is what the sums of products say', () => {
  const series = Float64Array.from({ length: 300 }, (_, at) => (at * 7919) % 31);
  const mean = series.reduce((sum, value) => sum + value) / series.length;
  const alike = autocorrelation(series, 280);
  // The running mean of nearly all is nearly the mean.
  const product = (lag: number): number => {
    let sum = 0;
    for (let at = lag; at < 300; at++) sum += (series[at]! - mean) * (series[at - lag]! - mean);
    return sum / (300 - lag);
  };
  for (const lag of [0, 1, 17, 31, 62, 150]) {
    assert.ok(Math.abs(alike[lag]! - product(lag) / product(0)) < 0.1, `lag ${lag}: ${alike[lag]}`);
  }
  assert.ok(alike[31]! > 0.9);
});

test('a slow rise takes nothing from what comes back, and gaps say nothing', () => {
  const series = Float64Array.from({ length: 400 }, (_, at) =>
    at % 37 < 2 ? Number.NaN : at + (at % 20 < 4 ? 30 : 0),
  );
  const alike = autocorrelation(series, 60);
  assert.ok(alike[20]! > 0.7, `${alike[20]}`);
  assert.ok(alike[10]! < 0, `${alike[10]}`);
});

test('of a series that never changes nothing is alike', () => {
  assert.deepEqual([...autocorrelation(new Float64Array(50).fill(3), 10)], Array(11).fill(0));
  assert.deepEqual([...autocorrelation(new Float64Array(50).fill(NaN), 10)], Array(11).fill(0));
});
