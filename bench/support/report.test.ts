import assert from 'node:assert/strict';
import { test } from 'node:test';
import { median, quantile, spread, tableOf } from './report.ts';

test('quantiles are nearest rank', () => {
  const twenty = Array.from({ length: 20 }, (_, index) => 20 - index);
  assert.equal(quantile(twenty, 0.95), 19);
  assert.equal(quantile(twenty, 0.5), 10);
  assert.equal(quantile(twenty, 1), 20);
  assert.equal(quantile([7], 0.01), 7);
  assert.ok(Number.isNaN(median([])));
});

test('a spread shows the median and both ends', () => {
  assert.equal(spread([0.9, 1.1, 1, 0.95, 1.02]), '1.00 (0.90..1.10)');
});

test('a table lines its columns up', () => {
  const table = tableOf({
    columns: ['gateway', 'rps'],
    rows: [
      ['a', '12345'],
      ['longer name', '1'],
    ],
  });
  assert.equal(
    table,
    ['gateway         rps', 'a             12345', 'longer name       1'].join('\n'),
  );
});
