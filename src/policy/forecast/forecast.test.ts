import assert from 'node:assert/strict';
import { test } from 'node:test';
import { START } from '../../../test/support/scaling.ts';
import type { Forecast } from '../learned.ts';
import type { Observation } from '../observation.ts';
import { createForecast } from './forecast.ts';

const DAY = 24 * 3_600_000;

function observed(at: number, rps: number | null): Observation {
  const none = { latencyP50Ms: null, latencyP95Ms: null, latencyP99Ms: null, errors: null };
  return { at, rps, concurrency: null, queued: 0, cpu: null, ready: 1, ...none };
}

test('nothing before the first observation, and nothing once they have been silent', () => {
  const forecast = createForecast({ intervalMs: 1_000 });
  assert.equal(forecast.read(START, null), null);
  forecast.observe(observed(START, 50));
  forecast.observe(observed(START + 1_000, null));
  assert.equal(forecast.read(START + 2_000, null)?.nowRps, 50);
  assert.equal(forecast.read(START + 30_000, null), null);
});

for (const intervalMs of [100, 45_000, 120_000, 3_600_000])
  test(`told every ${intervalMs / 1000} s, it knows the load as it is`, () => {
    const forecast = createForecast({ intervalMs });
    for (let look = 0; look < 20; look++) forecast.observe(observed(START + look * intervalMs, 50));
    const load = forecast.read(START + 19 * intervalMs, null);
    assert.deepEqual([load?.nowRps, load?.readyRps, load?.keepRps], [50, 50, 50]);
  });

test('the horizon is what a slow start takes, and an interval', () => {
  const forecast = createForecast({ intervalMs: 1_000 });
  forecast.observe(observed(START, 50));
  const startup = { typicalMs: 2_000, slowMs: 4_000 };
  assert.equal(forecast.read(START, startup)?.horizonMs, 5_000);
  const { basis, historyMs } = forecast.read(START, startup) ?? {};
  assert.deepEqual({ basis, historyMs }, { basis: { kind: 'level' }, historyMs: 0 });
});

test('what was needed in the last three minutes is kept', () => {
  const forecast = createForecast({ intervalMs: 1_000 });
  const rpsAt = (second: number): number => (second < 60 ? 300 : 100);
  const kept: number[] = [];
  for (let second = 0; second < 500; second++) {
    const at = START + second * 1_000;
    forecast.observe(observed(at, rpsAt(second)));
    if (second % 100 === 99) kept.push(Math.round(forecast.read(at, null)?.keepRps ?? 0));
  }
  assert.deepEqual(kept, [300, 300, 107, 100, 100]);
});

test('what arrived since the observation before counts, not the mean over a window', () => {
  const forecast = createForecast({ intervalMs: 1_000 });
  forecast.observe({ ...observed(START, 10), arrivedRps: 80 });
  assert.equal(forecast.read(START, null)?.nowRps, 80);
});

test('a daily peak is met before it comes', () => {
  const forecast = createForecast({ intervalMs: 60_000 });
  const rpsAt = (at: number): number => {
    const hour = (at % DAY) / 3_600_000;
    return hour >= 9 && hour < 11 ? 500 : 50;
  };
  const start = Math.floor(START / DAY) * DAY;
  const until = start + 8 * DAY + 9 * 3_600_000 - 60_000;
  for (let at = start; at <= until; at += 60_000) {
    forecast.observe(observed(at, rpsAt(at)));
    if (at % 3_600_000 === 0) forecast.read(at, null);
  }
  const ahead = forecast.read(until, { typicalMs: 90_000, slowMs: 120_000 });
  assert.equal(ahead?.basis.kind, 'season');
  assert.ok((ahead?.readyRps ?? 0) > 400, JSON.stringify(ahead));
});

/** What is expected on the fifth day at each of these minutes, after four days like it. */
function onFifthDay(
  rpsAt: (minute: number) => number,
  minutes: readonly number[],
  slowMs = 60_000,
): readonly Forecast[] {
  const forecast = createForecast({ intervalMs: 60_000 });
  const start = Math.floor(START / DAY) * DAY;
  const last = 4 * 1_440 + Math.max(...minutes);
  const found: Forecast[] = [];
  for (let minute = 0; minute <= last; minute++) {
    const at = start + minute * 60_000;
    forecast.observe(observed(at, rpsAt(minute)));
    const isAsked = minutes.includes(minute - 4 * 1_440);
    if (!isAsked && minute % 60 !== 0) continue;
    const read = forecast.read(at, { typicalMs: slowMs, slowMs });
    if (isAsked && read) found.push(read);
  }
  assert.equal(found.length, minutes.length);
  return found;
}

const NINE = 9 * 60;

/** 100/s, and so many times that from nine to eleven. */
const peak =
  (factor: number) =>
  (minute: number): number =>
    minute % 1_440 >= NINE && minute % 1_440 < NINE + 120 ? 100 * factor : 100;

test('a season is waited for where it rises by more than three tenths while a replica starts', () => {
  const [steep] = onFifthDay(peak(1.6), [NINE - 1]);
  assert.equal(steep?.basis.kind, 'season');
  assert.ok((steep?.readyRps ?? 0) > 150, `${steep?.readyRps}`);
  const [flat] = onFifthDay(peak(1.2), [NINE - 1]);
  assert.deepEqual([flat?.basis.kind, flat?.expectedRps, flat?.readyRps], ['level', 100, 100]);
});

test('a day that rises slowly is followed by its trend, which knows how it is today', () => {
  const slow = (minute: number): number =>
    (minute >= 4 * 1_440 ? 60 : 100) * (1.5 - Math.cos((minute / 720) * Math.PI));
  const minutes = Array.from({ length: 47 }, (_, index) => (index + 1) * 30);
  for (const [index, { basis, readyRps, nowRps }] of onFifthDay(slow, minutes).entries()) {
    assert.notEqual(basis.kind, 'season', `minute ${minutes[index]}`);
    assert.ok(readyRps < 1.2 * nowRps, `${readyRps} where there are ${nowRps}`);
  }
});

test('capacity is kept for what a season brings within ten minutes, if that is half as much again', () => {
  const [early, before] = onFifthDay(peak(2), [NINE - 25, NINE - 12]);
  assert.equal(Math.round(early?.keepRps ?? 0), 100, 'not yet');
  assert.ok((before?.keepRps ?? 0) > 190, `${before?.keepRps}`);
  assert.equal(before?.readyRps, 100, 'but not ordered yet');
  const [little] = onFifthDay(peak(1.35), [NINE - 12]);
  assert.equal(Math.round(little?.keepRps ?? 0), 100);
});

test('a spike that came once is not expected a day later, nor a week', () => {
  const spikeAt = 1_440 + 15 * 60;
  const once = (minute: number): number =>
    minute >= spikeAt && minute < spikeAt + 60 ? 2_000 : 100;
  for (const { readyRps, keepRps } of onFifthDay(once, [15 * 60 - 10, 15 * 60 - 1, 15 * 60 + 30]))
    assert.deepEqual([readyRps, keepRps].map(Math.round), [100, 100]);
});

test('of a day and a half nothing is expected but what is there', () => {
  const forecast = createForecast({ intervalMs: 60_000 });
  const start = Math.floor(START / DAY) * DAY;
  for (let minute = 0; minute < 1_440 + NINE; minute++)
    forecast.observe(observed(start + minute * 60_000, peak(5)(minute)));
  const read = forecast.read(start + (1_440 + NINE - 1) * 60_000, null);
  assert.deepEqual([read?.basis.kind, read?.readyRps, read?.keepRps], ['level', 100, 100]);
  assert.equal(read?.historyMs, (1_440 + NINE - 1) * 60_000);
});

test('it looks ahead half a minute before a start was seen, and five minutes at most', () => {
  const forecast = createForecast({ intervalMs: 1_000 });
  forecast.observe(observed(START, 50));
  assert.equal(forecast.read(START, null)?.horizonMs, 31_000);
  forecast.observe(observed(START + 1_000, 50));
  const slow = { typicalMs: 600_000, slowMs: 1_200_000 };
  assert.equal(forecast.read(START + 1_000, slow)?.horizonMs, 300_000);
});

test('ten seconds of silence are no end of a forecast, eleven are', () => {
  const forecast = createForecast({ intervalMs: 1_000 });
  forecast.observe(observed(START, 50));
  assert.equal(forecast.read(START + 10_000, null)?.nowRps, 50);
  assert.equal(forecast.read(START + 11_000, null), null);
});

test('told every minute, three of silence are no end, five are', () => {
  const forecast = createForecast({ intervalMs: 60_000 });
  forecast.observe(observed(START, 50));
  assert.equal(forecast.read(START + 180_000, null)?.nowRps, 50);
  assert.equal(forecast.read(START + 300_000, null), null);
});
