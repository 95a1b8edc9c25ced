import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shareText } from './words.ts';

test('a share has no more digits than say something', () => {
  const shares = [0, 2e-11, 4e-8, 0.000_031_4, 0.000_438, 0.00186, 0.116, 0.9996, 1];
  assert.deepEqual(shares.map(shareText), [
    '0 %',
    '0 %',
    '< 0.001 %',
    '0.003 %',
    '0.044 %',
    '0.186 %',
    '11.6 %',
    '99.96 %',
    '100 %',
  ]);
});
