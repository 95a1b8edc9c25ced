import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { QueueFlow } from '../signals/snapshot.ts';
import { inHand, taken } from './queue-load.ts';

const FLOW: QueueFlow = {
  waiting: 300,
  oldestMs: null,
  perReplica: 10,
  arrivingPerSecond: null,
  leased: 0,
};

test('what waits is worked off before the oldest has waited for the target', () => {
  assert.equal(inHand(FLOW, 30_000), 1);
  assert.equal(inHand({ ...FLOW, oldestMs: 20_000 }, 30_000), 3);
  assert.equal(inHand({ ...FLOW, oldestMs: 40_000 }, 30_000), Infinity, 'late already');
});

test('what comes wants replicas as well, also while nothing waits', () => {
  assert.equal(inHand({ ...FLOW, arrivingPerSecond: 40 }, 30_000), 5);
  assert.equal(inHand({ ...FLOW, waiting: 0, arrivingPerSecond: 40 }, 30_000), 4);
  assert.equal(inHand({ ...FLOW, waiting: 0, oldestMs: 90_000 }, 30_000), 0);
});

test('without a speed nobody goes while tasks wait', () => {
  assert.equal(inHand({ ...FLOW, perReplica: null }, 30_000), Infinity);
  assert.equal(inHand({ ...FLOW, perReplica: null, waiting: 0 }, 30_000), 0);
  assert.equal(inHand(undefined, 30_000), 0);
});

test('a task is worked off by one replica', () => {
  assert.equal(taken({ ...FLOW, waiting: 3 }), 3);
  assert.equal(taken({ ...FLOW, waiting: 0 }), 1);
  assert.equal(taken(undefined), Infinity);
});
