import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SCALE, signals } from '../../test/support/scaling.ts';
import { renderReason } from './reasons.ts';
import { tooSlow } from './too-slow.ts';

const queue = { waiting: 1800, oldestMs: null, perReplica: 2.5, arrivingPerSecond: 0, leased: 0 };
const snapshot = { at: 0, stable: signals(), burst: signals(), queue };
const scale = { ...SCALE, policy: 'target' as const, target: { drainTimeMs: 30_000 } };

test('where max or the machine binds, it says how long it takes with all there may be', () => {
  for (const binding of ['max', 'guard'] as const) {
    assert.deepEqual(tooSlow(4, binding, { scale, snapshot }).map(renderReason), [
      'with 4 replicas what waits takes 3 min, the target is 30 s',
    ]);
  }
});

test('it says nothing where nothing binds, where it is in time, or where nobody knows', () => {
  assert.deepEqual(tooSlow(4, null, { scale, snapshot }), []);
  assert.deepEqual(tooSlow(4, 'cooldown', { scale, snapshot }), []);
  assert.deepEqual(tooSlow(40, 'max', { scale, snapshot }), []);
  assert.deepEqual(tooSlow(4, 'max', { scale: SCALE, snapshot }), []);
  const unknown = { ...snapshot, queue: { ...queue, perReplica: null } };
  assert.deepEqual(tooSlow(4, 'max', { scale, snapshot: unknown }), []);
});
