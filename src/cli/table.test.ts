import assert from 'node:assert/strict';
import { test } from 'node:test';
import { paint } from './paint.ts';
import { layOut } from './table.ts';

test('columns are as wide as their widest cell, and colours take no room', () => {
  const { red } = paint(true);
  assert.deepEqual(
    layOut(
      ['name', 'n', 'why'],
      [
        ['a', red('100'), 'x'],
        ['longer', '2', ''],
      ],
    ),
    ['name    n    why', `a       ${red('100')}  x`, 'longer  2'],
  );
});

test('a last cell that does not fit is cut and loses its colours', () => {
  const { red } = paint(true);
  assert.deepEqual(layOut(['a', 'b'], [['1', red('a long text')]], 9), ['a  b', '1  a lon…']);
});

test('without colour text is left alone', () => {
  assert.equal(paint(false).bold('x'), 'x');
  assert.equal(paint(true).bold('x'), '\u001b[1mx\u001b[0m');
});
