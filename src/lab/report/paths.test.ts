import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pathsOf } from './paths.ts';
import type { Series } from './report.ts';

const series = (shape: Series['shape'], points: Series['points']): Series => ({
  name: 'x',
  shape,
  tone: 'load',
  points,
});

test('a line goes from point to point, and ends where nothing is known', () => {
  const points = [
    [0, 0],
    [5, 10],
    [6, null],
    [7, 5],
    [8, null],
    [9, 10],
    [10, 0],
  ] as const;
  const { line, under } = pathsOf(series('line', points), 10, 10);
  assert.equal(line, 'M0 100L500 0M697 50h6M900 0L1000 100');
  assert.match(under, /^M0 100L500 0L500 100L0 100Z/);
});

test('a step holds until the next point, until its gap, and at last to the end', () => {
  const points = [
    [0, 2],
    [4, 4],
    [6, null],
    [8, 2],
  ] as const;
  const { line } = pathsOf(series('step', points), 10, 4);
  assert.equal(line, 'M0 50H400V0H600V0M800 50H1000V50');
});

test('what is not a number is a gap, and what is beyond the axis stays on the picture', () => {
  const points = [
    [-1, 5],
    [2, Number.NaN],
    [3, 500],
    [30, 5],
  ] as const;
  assert.equal(pathsOf(series('line', points), 10, 10).line, 'M-3 50h6M300 0L1000 50');
});
