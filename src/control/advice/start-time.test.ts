import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HOUR, NOW, SECOND, decided, evidence } from '../../../test/support/evidence.ts';
import { startTime } from './start-time.ts';

const up = { current: 1, desired: 2, binding: 'none' } as const;
const rises = decided([5 * HOUR, up], [4 * HOUR, up], [3 * HOUR, up]);
const wake = { current: 0, desired: 1, reasons: [{ kind: 'wake' }] } as const;
const wakes = decided([5 * HOUR, wake], [4 * HOUR, wake], [3 * HOUR, wake]);
const slow = { startsMs: [13 * SECOND, 14 * SECOND, 30 * SECOND] };

test('help that takes longer to come than the wait between two steps is told of', () => {
  assert.deepEqual(startTime(evidence({ decisions: rises, ...slow })), {
    kind: 'slow-start',
    startMs: 14 * SECOND,
    cooldownMs: 3 * SECOND,
    ups: 3,
    from: NOW - 5 * HOUR,
    to: NOW,
  });
});

test('who sleeps and starts slowly should have one awake', () => {
  const found = startTime(evidence({ decisions: wakes, ...slow }, { scale: { min: 0 } }));
  assert.equal(found?.kind === 'slow-wake' && found.wakes, 3);
});

test('quick starts, starts within the cooldown, too few of them and a steady count say nothing', () => {
  const quick = { startsMs: [400, 500, 600] };
  assert.equal(startTime(evidence({ decisions: rises, ...quick })), null);
  assert.equal(startTime(evidence({ decisions: wakes, ...quick }, { scale: { min: 0 } })), null);
  const patient = { scale: { cooldown: { upMs: 30 * SECOND, downMs: 60 * SECOND } } };
  assert.equal(startTime(evidence({ decisions: rises, ...slow }, patient)), null);
  assert.equal(startTime(evidence({ decisions: rises, startsMs: [20 * SECOND] })), null);
  assert.equal(startTime(evidence({ decisions: rises.slice(1), ...slow })), null);
});
