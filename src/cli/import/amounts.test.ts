import assert from 'node:assert/strict';
import { test } from 'node:test';
import { durationMsOf, sizeOf, wholeOf } from './amounts.ts';

test('sizes as PM2 and Compose write them', () => {
  const table = [
    ['300M', '300MB'],
    ['1G', '1GB'],
    ['1.5g', '1536MB'],
    ['512m', '512MB'],
    ['64kb', '64KB'],
    ['1gib', '1GB'],
    [1_048_576, '1MB'],
    ['1000', '1000B'],
  ] as const;
  for (const [written, size] of table) assert.equal(sizeOf(written), size, String(written));
  for (const written of ['', '0', 'much', '-1M', '50%', {}, null, '9e99', `${'9'.repeat(30)}G`]) {
    assert.equal(sizeOf(written), undefined, JSON.stringify(written));
  }
});

test('durations as Compose writes them', () => {
  assert.deepEqual(
    ['1m30s', '500ms', '2h', '1.5s', '30us'].map(durationMsOf),
    [90_000, 500, 7_200_000, 1_500, 0],
  );
  for (const written of ['', '30', 'soon', undefined, '1 m'])
    assert.equal(durationMsOf(written), undefined);
});

test('whole numbers, as numbers or as text', () => {
  assert.deepEqual([4, '4', ' -1 ', 0].map(wholeOf), [4, 4, -1, 0]);
  for (const written of ['max', 1.5, '', null, Number.NaN, '1e3'])
    assert.equal(wholeOf(written), undefined);
});
