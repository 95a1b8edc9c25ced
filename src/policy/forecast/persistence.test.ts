import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createPersistence } from './persistence.ts';
import { createRateHistory } from './rate-history.ts';

const HORIZON_MS = 30_000;

/** What is believed of the level, the mean of the last five seconds, at each second. */
function believed(seconds: number, rps: (second: number) => number): number[] {
  const history = createRateHistory(1_000, 128);
  const persistence = createPersistence(history, 1_000);
  return Array.from({ length: seconds }, (_, second) => {
    history.observe(second * 1_000, rps(second));
    const level = history.meanRps(Math.min(5, history.count), 0);
    return persistence.lasting(second * 1_000, level, HORIZON_MS);
  });
}

test('a first wave is believed whole', () => {
  const all = believed(70, (second) => (second < 60 ? 100 : 200));
  assert.ok((all[66] as number) > 190, `${all[66]}`);
});

test('where waves of ten seconds are over before a replica could come, little of the next one is believed', () => {
  const all = believed(1_810, (second) => (second % 60 < 10 ? 300 : 100));
  const inWave = all[1_808] as number;
  assert.ok(inWave < 180, `${inWave}, where the mean is 133 and the wave 300`);
});

test('where steps stay, they go on being believed', () => {
  const all = believed(2_410, (second) => 100 * (1 + Math.floor(second / 200)));
  assert.ok((all[2_406] as number) > 1_250, `${all[2_406]}`);
});

test('it goes on after the clock was set back', () => {
  const history = createRateHistory(1_000, 128);
  const persistence = createPersistence(history, 1_000);
  for (let second = 0; second < 600; second++) {
    history.observe(1e9 + second * 1_000, second % 60 < 10 ? 300 : 100);
    persistence.lasting(1e9 + second * 1_000, 150, HORIZON_MS);
  }
  history.observe(5_000, 100);
  assert.ok(Number.isFinite(persistence.lasting(5_000, 150, HORIZON_MS)));
});

/** Where no wave lasts, and what comes half a minute after the last one. */
const afterWaves = (then: (second: number) => number) => (second: number) =>
  second < 1_800 ? (second % 60 < 10 ? 300 : 100) : second < 1_900 ? 100 : then(second - 1_900);

test('where waves do not last a step is believed within a minute, when the mean has come up to it', () => {
  const all = believed(
    1_975,
    afterWaves(() => 300),
  );
  assert.ok((all[1_930] as number) < 250, `${all[1_930]} after half a minute`);
  assert.ok((all[1_965] as number) > 290, `${all[1_965]} after a minute`);
});

test('two per cent are no wave, six are', () => {
  const [little, more] = [102, 106].map(
    (rps) =>
      believed(
        1_910,
        afterWaves(() => rps),
      )[1_908],
  );
  assert.equal(little, 102);
  assert.ok((more as number) < 103, `${more}`);
});

test('a peak of three seconds that is there again at the horizon does not make up for the rest', () => {
  const all = believed(1_810, (second) => (second % 30 < 3 ? 300 : 100));
  const most = Math.max(...all.slice(1_700));
  assert.ok(
    most > 140 && most < 185,
    `${most}, where the mean is 120 and the last five seconds 220`,
  );
});
