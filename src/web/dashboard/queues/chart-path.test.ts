import assert from 'node:assert/strict';
import { test } from 'node:test';
import { areaPath, largestOf, linePath, segments } from './chart-path.ts';

test('the chart leaves a gap where a number is not known', () => {
  const points = [1, 2, null, 3].map((waiting, at) => ({ at, waiting }));
  assert.deepEqual(
    segments(points, ({ waiting }) => waiting),
    [[points[0], points[1]], [points[3]]],
  );
});

test('a line goes from corner to corner, and an area down to the bottom', () => {
  const corners = [
    [0, 10],
    [5, 20.04],
  ] as const;
  assert.equal(linePath(corners), 'M0 10L5 20');
  assert.equal(areaPath(corners, 100), 'M0 10L5 20L5 100L0 100Z');
  assert.equal(areaPath([], 100), '');
});

test('the largest is what there was, nothing where there was nothing, and unknown where nothing is known', () => {
  assert.equal(largestOf([null, 0, 0]), 0);
  assert.equal(largestOf([3, null, 7]), 7);
  assert.equal(largestOf([null]), null);
});
