import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from '../../test/support/property.ts';
import { formatDuration, humanDuration, parseDuration } from './duration.ts';

test('durations are read as people write them', () => {
  assert.deepEqual(
    ['250ms', '15s', '2m', '1.5h', '7d', '0s'].map(parseDuration),
    [250, 15_000, 120_000, 5_400_000, 604_800_000, 0],
  );
});

test('what is no duration is none, never a guess', () => {
  for (const text of [
    '',
    '5',
    '5 s',
    '-1s',
    '1sec',
    '1s1s',
    'Infinitys',
    '1e3s',
    '99999999999999999d',
  ]) {
    assert.equal(parseDuration(text), undefined, text);
  }
});

test('property: the shortest spelling is read back as the same time', () => {
  fc.assert(
    fc.property(fc.nat(2 ** 31), (durationMs) => {
      assert.equal(parseDuration(formatDuration(durationMs)), durationMs);
    }),
  );
  assert.deepEqual([1500, 60_000, 86_400_000].map(formatDuration), ['1500ms', '1m', '1d']);
});

test('people read two units at most', () => {
  assert.deepEqual([0, 420, 3400, 60_000, 90_500, 3_600_000, 93_784_000].map(humanDuration), [
    '0 ms',
    '420 ms',
    '3.4 s',
    '1 min',
    '1 min 30 s',
    '1 h',
    '1 d 2 h',
  ]);
});
