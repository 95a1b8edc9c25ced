import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from '../../../test/support/property.ts';
import { gatewayState, server, service } from './fixtures/states.ts';
import { assignSlots } from './slots.ts';

function seated(previous: readonly (string | null)[], replicas: readonly string[], slots = 4) {
  const servers = replicas.map((replica, index) => server(replica, 1000 + index));
  return assignSlots({ api: previous }, gatewayState([service({ slots, servers })]))['api'];
}

test('newcomers take the lowest free slot, those who are seated stay', () => {
  assert.deepEqual(seated([], ['a', 'b']), ['a', 'b', null, null]);
  assert.deepEqual(seated(['a', 'b', 'c', null], ['d', 'c', 'b']), ['d', 'b', 'c', null]);
});

test('the table grows when it must and never shrinks', () => {
  assert.deepEqual(seated(['a'], ['a', 'b', 'c'], 2), ['a', 'b', 'c']);
  assert.deepEqual(seated(['a', null, null], ['a'], 1), ['a', null, null]);
});

test('a service that went leaves nothing behind', () => {
  assert.deepEqual(assignSlots({ old: ['a'] }, gatewayState([service({ slots: 1 })])), {
    api: [null],
  });
});

test('every replica sits in exactly one slot, where it sat before if it did', () => {
  const replicas = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'constructor'));
  fc.assert(
    fc.property(replicas, replicas, fc.nat(6), (before, after, slots) => {
      const first = seated([], before, slots) ?? [];
      const second = seated(first, after, slots) ?? [];
      const sitting = second.filter((replica) => replica !== null);
      assert.deepEqual([...sitting].sort(), [...after].sort());
      for (const replica of after) {
        if (before.includes(replica)) {
          assert.equal(second.indexOf(replica), first.indexOf(replica));
        }
      }
    }),
  );
});
