import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from '../../test/support/property.ts';
import { editDistance, nearest } from './nearest.ts';

test('the known word most like the written one is found', () => {
  const known = ['min', 'max', 'interval', 'cooldown', 'policy', 'hashBy'];
  assert.equal(nearest('mni', known), 'min');
  assert.equal(nearest('intervall', known), 'interval');
  assert.equal(nearest('coolDwon', known), 'cooldown');
  assert.equal(nearest('inter', known), 'interval');
  assert.equal(nearest('maxReplicas', known), 'max');
  assert.equal(nearest('hash_by', known), 'hashBy');
});

test('nothing is proposed where nothing is close', () => {
  assert.equal(nearest('volume', ['min', 'max', 'policy']), undefined);
  assert.equal(nearest('x', ['min', 'cwd']), undefined);
  assert.equal(nearest('x', []), undefined);
});

test('the distance is 0 for the same word only, the same both ways, and at most the longer word', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 6 });
  fc.assert(
    fc.property(word, word, (a, b) => {
      const distance = editDistance(a, b);
      assert.equal(distance === 0, a === b);
      assert.equal(distance, editDistance(b, a));
      assert.ok(distance <= Math.max(a.length, b.length));
      assert.ok(distance >= Math.abs(a.length - b.length));
    }),
  );
});
