import assert from 'node:assert/strict';
import { test } from 'node:test';
import { canonical } from './canonical.ts';

test('the order of keys does not matter, that of a list does', () => {
  assert.equal(canonical({ a: 1, b: [{ c: 2, d: 3 }] }), canonical({ b: [{ d: 3, c: 2 }], a: 1 }));
  assert.notEqual(canonical([1, 2]), canonical([2, 1]));
});

test('a key without a value is as one that is absent', () => {
  assert.equal(canonical({ a: undefined }), canonical({}));
});
