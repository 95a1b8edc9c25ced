import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countOf, countProblem, stepped } from './count.ts';

const BOUNDS = { min: 1, max: 5 };

test('only a whole number within the bounds is a count', () => {
  assert.deepEqual(
    ['1', '5', '0', '6', '', '2.5', '-1', '1e1', 'two'].map((text) => countOf(text, BOUNDS)),
    [1, 5, null, null, null, null, null, null, null],
  );
});

test('a step stays within the bounds, and begins at the lower one where nothing sensible was typed', () => {
  assert.deepEqual([stepped('2', 1, BOUNDS), stepped('2', -1, BOUNDS)], [3, 1]);
  assert.deepEqual([stepped('5', 1, BOUNDS), stepped('1', -1, BOUNDS)], [5, 1]);
  assert.deepEqual([stepped('99', -1, BOUNDS), stepped('', 1, BOUNDS)], [5, 1]);
});

test('what is no count is said with the bound that it breaks', () => {
  assert.deepEqual(
    ['3', '9', '0', '99999999', '', '2.5'].map((text) => countProblem(text, BOUNDS)),
    [null, '5 at most', '1 at least', '5 at most', 'a number, 1 to 5', 'a number, 1 to 5'],
  );
});
