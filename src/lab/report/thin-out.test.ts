import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from '../../../test/support/property.ts';
import { thinOut } from './thin-out.ts';

const value = fc.option(fc.integer({ min: -5, max: 1000 }), { nil: null, freq: 20 });

test('a series that is short enough stays as it is', () => {
  const points = [
    [0, 1],
    [1, null],
    [2, 3],
  ] as const;
  assert.equal(thinOut(points), points);
});

test('of a long series no peak, no trough and neither end is lost, and order is kept', () => {
  fc.assert(
    fc.property(fc.array(value, { minLength: 601, maxLength: 4000 }), (values) => {
      const points = values.map((each, index) => [index, each] as const);
      const kept = thinOut(points);
      assert.ok(kept.length <= 600, `${kept.length}`);
      const known = (list: typeof points): number[] =>
        list.flatMap(([, each]) => (each === null ? [] : [each]));
      assert.equal(Math.max(...known([...kept])), Math.max(...known(points)));
      assert.equal(Math.min(...known([...kept])), Math.min(...known(points)));
      assert.deepEqual(kept.at(-1), points.at(-1));
      assert.deepEqual(
        [...kept].sort((a, b) => a[0] - b[0]),
        kept,
      );
    }),
    { numRuns: 30 },
  );
});

test('one second of a day in which nothing was known stays a gap', () => {
  const points = Array.from({ length: 86_400 }, (_, at) => [at, at === 40_000 ? null : 5] as const);
  assert.deepEqual(
    thinOut(points).filter(([, each]) => each === null),
    [[40_000, null]],
  );
});
