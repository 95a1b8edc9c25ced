import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from '../../test/support/property.ts';
import { createMaximum } from './maximum.ts';

test('the maximum of nothing is undefined', () => {
  assert.equal(createMaximum().value, undefined);
});

test('a spike counts until it leaves, then what was second', () => {
  const maximum = createMaximum();
  maximum.enter(1, 10);
  maximum.enter(2, 90);
  maximum.enter(3, 40);
  assert.equal(maximum.value, 90);
  maximum.leave(2);
  assert.equal(maximum.value, 40);
  maximum.leave(3);
  assert.equal(maximum.value, undefined);
});

test('it is the largest of the last values, whatever they are', () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(100), { minLength: 1 }),
      fc.integer({ min: 1, max: 9 }),
      (values, size) => {
        const maximum = createMaximum();
        values.forEach((value, at) => {
          maximum.enter(at, value);
          maximum.leave(at - size);
          assert.equal(
            maximum.value,
            Math.max(...values.slice(Math.max(0, at - size + 1), at + 1)),
          );
        });
      },
    ),
  );
});
