import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from '../../../test/support/property.ts';
import { shares } from './shares.ts';

test('it is divided evenly, what is left goes to the next in turn, and nobody gets more than fits', () => {
  assert.deepEqual(shares(9, [10, 10, 10], 0), [3, 3, 3]);
  assert.deepEqual(shares(10, [10, 10, 10], 1), [3, 4, 3]);
  assert.deepEqual(shares(10, [1, 10, 2], 0), [1, 7, 2]);
  assert.deepEqual(shares(1, [5, 5], 1), [0, 1]);
  assert.deepEqual(shares(5, [0, 0], 0), [0, 0]);
  assert.deepEqual(shares(4, [Number.POSITIVE_INFINITY], 0), [4]);
});

test('all is given that fits, and whoever has room gets no less than others but for one', () => {
  const rooms = fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(fc.nat(200), rooms, fc.nat(7), (total, room, first) => {
      const given = shares(total, room, first % room.length);
      const sum = (all: readonly number[]): number => all.reduce((a, b) => a + b, 0);
      assert.equal(sum(given), Math.min(total, sum(room)));
      const most = Math.max(...given);
      for (const [at, each] of given.entries()) {
        assert.ok(each <= (room[at] as number));
        if (each < (room[at] as number))
          assert.ok(each >= most - 1, `${given.join()} of ${room.join()}`);
      }
    }),
  );
});
