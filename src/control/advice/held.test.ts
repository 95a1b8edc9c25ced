import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HOUR, MINUTE, NOW, decided, evidence } from '../../../test/support/evidence.ts';
import { held } from './held.ts';

test('a count that somebody pinned or paused hours ago is worth a look, with what the policy would have', () => {
  for (const how of ['pinned', 'paused'] as const) {
    const decisions = decided(
      [5 * HOUR, { binding: 'none' }],
      [3 * HOUR, { binding: how, desired: 6, raw: 2 }],
      [2 * HOUR, { binding: how, desired: 4, raw: 1 }],
    );
    assert.deepEqual(held(evidence({ decisions })), {
      kind: 'held',
      how,
      count: 4,
      wanted: 1,
      from: NOW - 3 * HOUR,
      to: NOW,
    });
  }
});

test('for half an hour, or once released, nobody is reminded', () => {
  assert.equal(held(evidence({ decisions: decided([30 * MINUTE, { binding: 'pinned' }]) })), null);
  const released = decided([3 * HOUR, { binding: 'pinned' }], [MINUTE, { binding: 'none' }]);
  assert.equal(held(evidence({ decisions: released })), null);
  assert.equal(held(evidence()), null);
});
