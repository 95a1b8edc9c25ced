import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from '../../test/support/property.ts';
import { formatBytes, humanBytes, parseBytes } from './bytes.ts';

test('sizes are powers of 1024, whatever the case', () => {
  assert.deepEqual(
    ['512MB', '1.5gb', '1 KB', '7B'].map(parseBytes),
    [536_870_912, 1_610_612_736, 1024, 7],
  );
});

test('what is no size is none, never a guess', () => {
  for (const text of ['', '5', '5 M', '-1MB', '1MiB', '1MB1MB', '99999999TB']) {
    assert.equal(parseBytes(text), undefined, text);
  }
});

test('property: the shortest spelling is read back as the same size', () => {
  fc.assert(
    fc.property(fc.nat(2 ** 31), (bytes) => {
      assert.equal(parseBytes(formatBytes(bytes)), bytes);
    }),
  );
});

test('people read rounded sizes', () => {
  assert.deepEqual([12, 1536, 47_394_816, 2 ** 40].map(humanBytes), [
    '12 B',
    '1.5 KB',
    '45 MB',
    '1 TB',
  ]);
});
