import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from '../../../test/support/property.ts';
import { timeTicks, valueTicks } from './axis.ts';

test('values on the axis are round, few, and reach above everything', () => {
  assert.deepEqual(valueTicks(367, false), [0, 200, 400]);
  assert.deepEqual(valueTicks(12, false), [0, 5, 10, 15]);
  assert.deepEqual(valueTicks(0.3, false), [0, 0.1, 0.2, 0.3]);
  assert.deepEqual(valueTicks(1, true), [0, 1]);
  assert.deepEqual(valueTicks(0, true), [0, 1]);
  fc.assert(
    fc.property(fc.double({ min: 1e-6, max: 1e9, noNaN: true }), (most) => {
      const ticks = valueTicks(most, false);
      assert.ok(ticks.length >= 2 && ticks.length <= 5, ticks.join());
      assert.ok((ticks.at(-1) as number) >= most * (1 - 1e-9));
    }),
  );
});

test('no more than six moments are written under the axis, however long it is', () => {
  assert.deepEqual(timeTicks(180), [0, 60, 120, 180]);
  assert.deepEqual(timeTicks(2), [0, 0.5, 1, 1.5, 2]);
  fc.assert(
    fc.property(fc.double({ min: 0.2, max: 3e6, noNaN: true }), (durationS) => {
      assert.ok(timeTicks(durationS).length <= 6);
    }),
  );
});
