import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from '../../../test/support/property.ts';
import { DAY, HOUR } from '../../kit/clock.ts';
import { waitMsAfter } from './waits.ts';

function allWaits(random: () => number): readonly number[] {
  const waits: number[] = [];
  for (let attempts = 1; ; attempts++) {
    const waitMs = waitMsAfter(attempts, random());
    if (waitMs === null) return waits;
    waits.push(waitMs);
  }
}

test('the waits grow to hours and end after about a day, whatever the dice say', () => {
  assert.deepEqual(
    allWaits(() => 0.5).map((waitMs) => waitMs / 1000),
    [5, 300, 1800, 7200, 18_000, 36_000, 36_000],
  );
  const random = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(fc.array(random, { minLength: 8, maxLength: 8 }), (dice) => {
      const waits = allWaits(() => dice.shift() ?? 0);
      const sumMs = waits.reduce((sum, waitMs) => sum + waitMs, 0);
      assert.ok(sumMs > 20 * HOUR && sumMs < 1.5 * DAY, String(sumMs));
      assert.ok(waits.every((waitMs) => Number.isInteger(waitMs) && waitMs >= 4000));
    }),
  );
});
