import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DAY, HOUR, MINUTE, SECOND } from '../kit/clock.ts';
import { bucketStart, resolutionFor } from './resolution.ts';

test('the finest resolution that reaches back far enough is taken', () => {
  const now = 100 * DAY;
  const spanOf = (ageMs: number): number => resolutionFor(now - ageMs, now).spanMs;
  assert.equal(spanOf(MINUTE), SECOND);
  assert.equal(spanOf(2 * HOUR), SECOND);
  assert.equal(spanOf(2 * HOUR + 1), 10 * SECOND);
  assert.equal(spanOf(2 * DAY), 10 * SECOND);
  assert.equal(spanOf(2 * DAY + 1), MINUTE);
  assert.equal(spanOf(90 * DAY), MINUTE);
});

test('a span starts at the multiple of its length before the moment', () => {
  assert.equal(bucketStart(59_999, 10_000), 50_000);
  assert.equal(bucketStart(60_000, 10_000), 60_000);
});
