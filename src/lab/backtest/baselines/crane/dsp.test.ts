import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDsp } from './dsp.ts';
import { predictPeriod } from './estimators.ts';
import { removeOutliers } from './outliers.ts';
import { findPeriod, MINUTES_OF_DAY, MINUTES_OF_WEEK } from './period.ts';
import { amplify, predictionError } from './prediction-error.ts';

test('a day that repeats is found in two days, a week in two weeks, and no other period is accepted', () => {
  assert.equal(findPeriod(minutes(2, daily)), MINUTES_OF_DAY);
  assert.equal(findPeriod(minutes(15, daily)), MINUTES_OF_DAY);
  const weekly = (minute: number): number => (minute % MINUTES_OF_WEEK < MINUTES_OF_DAY ? 40 : 5);
  assert.equal(findPeriod(minutes(14, weekly)), MINUTES_OF_WEEK);
  assert.equal(findPeriod(minutes(4, (minute) => 20 + 10 * Math.sin(minute / 100))), null);
});

test('of a day and what repeats within it, the day is the period', () => {
  const twice = (minute: number): number =>
    daily(minute) + 6 * Math.sin((2 * Math.PI * minute) / 720);
  assert.equal(findPeriod(minutes(4, twice)), MINUTES_OF_DAY);
});

test('a small wave on much that is always there is found', () => {
  assert.equal(findPeriod(minutes(4, (minute) => 5_000 + daily(minute) / 10)), MINUTES_OF_DAY);
});

test('noise, a flat line and less than two days have no period', () => {
  assert.equal(findPeriod(minutes(4, noise)), null);
  assert.equal(findPeriod(minutes(4, () => 7)), null);
  assert.equal(findPeriod(minutes(1.9, daily)), null);
});

test('the prediction of a day that repeats is that day with the smallest margin', () => {
  const predicted = predictPeriod(minutes(4, daily), MINUTES_OF_DAY);
  assert.equal(predicted.length, MINUTES_OF_DAY);
  predicted.forEach((value, minute) => {
    assert.ok(Math.abs(value - 1.01 * daily(minute)) < 1e-6, `${minute}: ${value}`);
  });
});

test('quick small noise is left out of a prediction', () => {
  const noisy = minutes(4, (minute) => daily(minute) + noise(minute) / 100);
  const predicted = predictPeriod(noisy, MINUTES_OF_DAY);
  const rough = (values: Float64Array): number =>
    values.reduce((sum, value, i) => sum + Math.abs(value - (values[i - 1] ?? value)), 0);
  assert.ok(rough(predicted) < rough(noisy.subarray(0, MINUTES_OF_DAY)) / 2);
});

test('the largest parts stay however small they are, and of slow small ones half, as in the original', () => {
  const wave = (minutesLong: number) => (minute: number) =>
    Math.sin((2 * Math.PI * minute) / minutesLong);
  const part = (values: Float64Array, minutesLong: number): number =>
    (2 / values.length) * values.reduce((sum, v, minute) => sum + v * wave(minutesLong)(minute), 0);
  const series = minutes(
    4,
    (minute) => daily(minute) + 0.4 * wave(20)(minute) + 0.2 * wave(360)(minute),
  );
  const predict = (minItems: number): Float64Array =>
    predictPeriod(series, MINUTES_OF_DAY, [{ minItems, lowAmplitude: 1, margin: 0 }]);
  assert.equal(part(predict(2), 20).toFixed(3), '0.400');
  assert.equal(part(predict(1), 20).toFixed(3), '0.000');
  assert.equal(part(predict(1), 360).toFixed(3), '0.100');
});

test('TestMAPE', () => {
  const actual = Float64Array.from({ length: 100 }, (_, i) => Math.sin(i / 8) + 3);
  assert.equal(predictionError(actual, actual), 0);
  assert.ok(
    Math.abs(
      predictionError(
        actual,
        actual.map((y) => y * 1.1),
      ) - 0.1,
    ) < 1e-9,
  );
  const under = predictionError(
    actual,
    actual.map((y) => y * 0.9),
  );
  assert.ok(Math.abs(under - amplify(0.1)) < 1e-9, 'too little counts for more');
  assert.equal(amplify(0.5).toFixed(1), '3.1');
});

test('where there was next to nothing, the error is the absolute one', () => {
  assert.equal(predictionError(Float64Array.of(0, 2), Float64Array.of(1, 1)), 1);
});

test('TestRemoveExtremeOutliers', () => {
  const values = minutes(7, (minute) => noise(minute) / 20);
  values[1_000] = 3.5;
  values[3_000] = -1;
  values[8_000] = 1_000;
  removeOutliers(values);
  for (const at of [1_000, 3_000, 8_000]) assert.equal(values[at], values[at - 1]);
});

test('the predictor knows the next hour after two and a half days, and nothing before two', () => {
  const dsp = createDsp();
  for (let minute = 0; minute < 2 * MINUTES_OF_DAY - 1; minute += 1) dsp.push(daily(minute));
  assert.equal(dsp.largestExpected(), null);
  for (let minute = 2 * MINUTES_OF_DAY - 1; minute < 2.5 * MINUTES_OF_DAY + 90; minute += 1) {
    dsp.push(daily(minute));
  }
  const next = Math.max(
    ...Array.from({ length: 61 }, (_, i) => daily(2.5 * MINUTES_OF_DAY + 90 + i)),
  );
  const expected = dsp.largestExpected() ?? Number.NaN;
  assert.ok(Math.abs(expected / (1.01 * next) - 1) < 0.01, `${expected} ${next}`);
});

test('after more than fifteen days the oldest are forgotten, and the order is kept', () => {
  const dsp = createDsp();
  const end = 16.3 * MINUTES_OF_DAY;
  for (let minute = 0; minute < end; minute += 1) dsp.push(daily(minute));
  const next = Math.max(...Array.from({ length: 61 }, (_, i) => daily(end + i)));
  assert.ok(Math.abs((dsp.largestExpected() ?? Number.NaN) / (1.01 * next) - 1) < 0.01);
});

function minutes(days: number, of: (minute: number) => number): Float64Array {
  return Float64Array.from({ length: days * MINUTES_OF_DAY }, (_, minute) => of(minute));
}

function daily(minute: number): number {
  return 20 + 10 * Math.sin((2 * Math.PI * minute) / MINUTES_OF_DAY);
}

/** 0..20, the same each time. */
function noise(minute: number): number {
  const mixed = Math.imul((minute + 1) ^ 0x5bd1e995, 0x27d4eb2d);
  return ((Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d) >>> 8) % 1000) / 50;
}
