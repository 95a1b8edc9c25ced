import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from '../../test/support/property.ts';
import { backoffMs, spreadBackoffMs } from './backoff.ts';

const SECOND = 1000;

test('it doubles from the least to the most, with jitter', () => {
  const backoff = { leastMs: SECOND, mostMs: 600 * SECOND };
  const between = (failures: number): readonly number[] =>
    [0, 1].map((chance) => backoffMs(backoff, failures, chance) / SECOND);
  assert.deepEqual(between(1), [1, 2]);
  assert.deepEqual(between(2), [2, 4]);
  assert.deepEqual(between(3), [4, 8]);
  assert.deepEqual(between(9), [256, 512]);
  assert.deepEqual(between(10), [300, 600]);
  assert.deepEqual(between(32_767), [300, 600]);
});

test('it is always within the bounds, and at least half of what chance could make of it', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 86_400_000 }),
      fc.integer({ min: 0, max: 86_400_000 }),
      fc.integer({ min: 1, max: 200 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (leastMs, more, failures, chance) => {
        const backoff = { leastMs, mostMs: leastMs + more };
        const delayMs = backoffMs(backoff, failures, chance);
        assert.ok(delayMs >= leastMs && delayMs <= backoff.mostMs);
        assert.ok(delayMs >= Math.floor(backoffMs(backoff, failures, 1) / 2));
      },
    ),
  );
});

test('those that broke together come back far apart, never later than the most', () => {
  const between = (mostMs: number, breaks: number): readonly number[] =>
    [0, 1].map((chance) => spreadBackoffMs({ leastMs: SECOND, mostMs }, breaks, chance) / SECOND);
  assert.deepEqual(between(600 * SECOND, 1), [0.2, 3]);
  assert.deepEqual(between(600 * SECOND, 3), [0.8, 12]);
  assert.deepEqual(between(600 * SECOND, 32_767), [40, 600]);
  assert.deepEqual(between(SECOND, 1), [0.067, 1]);
});
