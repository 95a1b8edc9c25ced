import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from '../../test/support/property.ts';
import { testStore } from '../../test/support/store.ts';

test('a fact is any JSON under any name, and outlives a restart', (t) => {
  const file = testStore(t);
  assert.equal(file.store.facts.get('gateway'), null);
  file.store.facts.set('gateway', { pid: 1 });
  file.store.facts.set('gateway', { pid: 2, slots: { api: ['api-1', null] } });
  const facts = file.reopen().facts;
  assert.deepEqual(facts.get('gateway'), { pid: 2, slots: { api: ['api-1', null] } });
  facts.set('gateway', undefined);
  assert.equal(facts.get('gateway'), null);
});

test('what JSON can carry comes back the same', (t) => {
  const { facts } = testStore(t).store;
  const name = fc.string({ minLength: 1, unit: 'grapheme' });
  fc.assert(
    fc.property(name, fc.jsonValue({ noUnicodeString: false }), (name, value) => {
      facts.set(name, value);
      assert.deepEqual(facts.get(name), JSON.parse(JSON.stringify(value)));
    }),
    { numRuns: 200 },
  );
});
