import assert from 'node:assert/strict';
import { test } from 'node:test';
import { interpolated } from './interpolation.ts';

test('a text is plain, one variable, or a mixture', () => {
  const table = [
    ['plain', { kind: 'plain', text: 'plain' }],
    ['costs $$5 and $$X', { kind: 'plain', text: 'costs $5 and $X' }],
    ['5$', { kind: 'plain', text: '5$' }],
    ['${A}', { kind: 'variable', name: 'A', instead: null }],
    ['$A', { kind: 'variable', name: 'A', instead: null }],
    ['${A:?must be set}', { kind: 'variable', name: 'A', instead: null }],
    ['${A:-x y}', { kind: 'variable', name: 'A', instead: 'x y' }],
    ['${A-}', { kind: 'variable', name: 'A', instead: '' }],
    ['${A:-${B}}', { kind: 'mixed', text: '${A:-${B}}' }],
    ['${A:-$B}', { kind: 'mixed', text: '${A:-$B}' }],
    ['${A:+x}', { kind: 'mixed', text: '${A:+x}' }],
    ['http://${A}/$$x', { kind: 'mixed', text: 'http://${A}/$x' }],
    ['$A$B', { kind: 'mixed', text: '$A$B' }],
  ] as const;
  for (const [written, meant] of table) assert.deepEqual(interpolated(written), meant, written);
});
