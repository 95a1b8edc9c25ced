import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createHourlyForecast } from './predictive.ts';

const HOUR = 3_600_000;
/** 2024-01-01, a Monday. */
const MONDAY = 1_704_067_200_000;

test('there is no forecast before a day is over', () => {
  const forecast = createHourlyForecast();
  feed(forecast, 0, 23, () => 60);
  assert.equal(forecast.expected(MONDAY + 23.5 * HOUR), 0);
  feed(forecast, 23, 25, () => 60);
  assert.equal(Math.round(forecast.expected(MONDAY + 25.5 * HOUR)), 3_600);
});

test('a day that repeats is expected hour by hour, the larger hour five minutes early', () => {
  const forecast = createHourlyForecast();
  const load = (hour: number): number => (hour % 24 === 9 ? 100 : 10);
  feed(forecast, 0, 3 * 24 + 1, load);
  const at = (hour: number): number => Math.round(forecast.expected(MONDAY + hour * HOUR) / 60);
  assert.deepEqual(
    [3 * 24 + 8.9, 3 * 24 + 8.92, 3 * 24 + 9.9, 3 * 24 + 10].map(at),
    [10, 100, 100, 10],
  );
});

test('weekends are expected to be as weekends were, and all of it as much as the last day', () => {
  const forecast = createHourlyForecast();
  const load = (hour: number): number => (Math.floor(hour / 24) % 7 >= 5 ? 10 : 100);
  feed(forecast, 0, 11 * 24 + 1, load);
  const at = (day: number): number =>
    Math.round(forecast.expected(MONDAY + (day + 0.5) * 24 * HOUR) / 60);
  assert.equal(at(11), 100, 'a Friday');
  feed(forecast, 11 * 24 + 1, 12 * 24 + 1, load);
  assert.equal(at(12), 100, 'a Saturday after a Friday: as much as the last day, wrongly');
  feed(forecast, 12 * 24 + 1, 13 * 24 + 1, load);
  assert.equal(at(13), 10, 'a Sunday');
});

function feed(
  forecast: ReturnType<typeof createHourlyForecast>,
  from: number,
  to: number,
  load: (hour: number) => number,
): void {
  for (let minute = from * 60; minute < to * 60; minute += 1) {
    forecast.add(MONDAY + (minute + 1) * 60_000, load(Math.floor(minute / 60)));
  }
}
