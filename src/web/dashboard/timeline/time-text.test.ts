import assert from 'node:assert/strict';
import { test } from 'node:test';
import { momentText, tickText } from './time-text.ts';

const MINUTE = 60_000;
const at = new Date(2026, 2, 3, 14, 5, 9).getTime();
const midnight = new Date(2026, 2, 3).getTime();

test('a moment is said as finely as the range asks for', () => {
  assert.deepEqual(
    [5, 60, 2 * 24 * 60].map((minutes) => momentText(at, minutes * MINUTE)),
    ['14:05:09', '14:05', 'Tue 3, 14:05'],
  );
});

test('a tick says no more than tells it from the next', () => {
  assert.deepEqual(
    [tickText(at, 30_000), tickText(at, MINUTE), tickText(midnight, 60 * MINUTE)],
    ['14:05:09', '14:05', 'Tue 3'],
  );
});
