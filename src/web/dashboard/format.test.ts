import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  count,
  duration,
  megabytes,
  milliseconds,
  percent,
  rate,
  reachText,
  size,
  span,
} from './format.ts';

test('numbers on the page are short, and what is not known is a dash', () => {
  assert.deepEqual([rate(7.84), rate(212.4), rate(null)], ['7.8/s', '212/s', '–']);
  assert.deepEqual([percent(0.002), percent(0.83), percent(null)], ['0.2 %', '83 %', '–']);
  assert.deepEqual([milliseconds(340), milliseconds(1400)], ['340 ms', '1.4 s']);
  assert.deepEqual([megabytes(94_371_840), megabytes(2 ** 31)], ['90 MB', '2.0 GB']);
  assert.deepEqual([count(3), count(null)], ['3', '–']);
  assert.deepEqual([-5, 59_000, 61_000, 7_500_000, 7_200_000, 3e8].map(span), [
    '0 s',
    '59 s',
    '1 min',
    '2 h 5 min',
    '2 h',
    '3 d',
  ]);
});

test('numbers of queues go from milliseconds to days, and from bytes to gigabytes', () => {
  const spans = [null, 340, 1400, 125_000, 7_400_000, 3e8].map(duration);
  assert.deepEqual(spans, ['–', '340 ms', '1.4 s', '2 min', '2 h', '3 d']);
  const sizes = [0, 400, 4096, 3 * 2 ** 20].map(size);
  assert.deepEqual(sizes, ['0 bytes', '400 bytes', '4 kB', '3 MB']);
});

test('a chart says how far back it goes, which is less when the page is new', () => {
  const now = new Date(2026, 2, 1, 14, 30, 5).getTime();
  const reach = (ms: number): string => reachText(now - ms, now, 300_000);
  assert.deepEqual(
    [reach(60_000), reach(295_000), reach(300_000)],
    ['5 min, since 14:29:05', 'last 5 min', 'last 5 min'],
  );
});

test('what is almost nothing or almost all does not read as nothing or all', () => {
  assert.deepEqual([0, 0.0001, 0.0006, 0.996, 0.9999, 1].map(percent), [
    '0 %',
    '<0.1 %',
    '0.1 %',
    '99.6 %',
    '99.9 %',
    '100 %',
  ]);
  assert.deepEqual([0, 0.01, 0.06].map(rate), ['0/s', '<0.1/s', '0.1/s']);
});
