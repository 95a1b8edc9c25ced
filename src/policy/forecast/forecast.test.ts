import assert from 'node:assert/strict';
import { test } from 'node:test';
import { START } from '../../../test/support/scaling.ts';
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

test('what was needed in the last five minutes is kept', () => {
  const forecast = createForecast({ intervalMs: 1_000 });
  const rpsAt = (second: number): number => (second < 60 ? 300 : 100);
  const kept: number[] = [];
  for (let second = 0; second < 500; second++) {
    const at = START + second * 1_000;
    forecast.observe(observed(at, rpsAt(second)));
    if (second % 100 === 99) kept.push(Math.round(forecast.read(at, null)?.keepRps ?? 0));
  }
  assert.deepEqual(kept, [300, 300, 300, 107, 100]);
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
