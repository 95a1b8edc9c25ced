import assert from 'node:assert/strict';
import { test } from 'node:test';
import { liveLoadLines, progressText } from './live-load.ts';
import { sparkline } from './sparkline.ts';

const progress = (elapsedS: number, rps: number, p95Ms: number | null) => ({
  elapsedS,
  requests: 1200,
  ok: 1197,
  isNobodyThere: false,
  errors: 3,
  rps,
  p95Ms,
  inFlight: 7,
});
const load = {
  url: 'http://127.0.0.1:8080/',
  asked: 'Open loop, 200 requests a second for 1 min',
  durationS: 60,
};

test('a running load is one picture: how far, how fast, how slow, what failed', () => {
  const all = [progress(1, 50, 10), progress(2, 200, 80), progress(3, 100, null)];
  assert.deepEqual(liveLoadLines({ ...load, progress: all }, { columns: 80, colour: false }), [
    'http://127.0.0.1:8080/  Open loop, 200 requests a second for 1 min',
    '',
    '  ██░░░░░░░░░░░░░░░░░░░░░░░░░░░░  3 s of 1 min',
    '  rate     100/s        ▃█▅',
    '  p95      –            ▂█ ',
    '  errors   3 (0.3 %)',
    '  in flight 7',
    '',
    'Ctrl-C ends the load and reports what there is.',
  ]);
});

test('before the first second is over there is a picture, too, and none is wider than the terminal', () => {
  const lines = liveLoadLines({ ...load, progress: [] }, { columns: 30, colour: false });
  assert.ok(lines.every((line) => line.length <= 30));
  assert.equal(lines[3]?.trim(), 'rate     –');
});

test('one line says the same where nobody redraws', () => {
  assert.equal(
    progressText(progress(5.01, 200, 34), 60),
    '5 s of 1 min: 200/s, p95 34 ms, errors 3 (0.3 %), in flight 7',
  );
});

test('a sparkline shows the newest values, from nothing to the largest', () => {
  assert.equal(sparkline([9, 0, 1, 2, null, 8], 5), '▁▂▃ █');
  assert.equal(sparkline([0, 0], 5), '▁▁');
  assert.equal(sparkline([], 5), '');
});
