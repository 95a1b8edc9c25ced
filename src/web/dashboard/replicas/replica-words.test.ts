import assert from 'node:assert/strict';
import { test } from 'node:test';
import { service as serviceView } from '../../../../test/support/fake-control.ts';
import type { ReplicaStatus } from '../../contract.ts';
import { serviceStatusOf } from '../../status.ts';
import { fullness, replicaNote, replicaTone } from './replica-words.ts';

const NOW = Date.parse('2026-03-01T12:00:00.000Z');
const [ONE] = serviceStatusOf(serviceView()).replicas as [ReplicaStatus];
const EJECTED = { since: '', untilAt: '', times: 1, reason: 'it answered 500 five times' };

test('a replica that fails its checks or errs is bad, whatever its state', () => {
  const plain = { state: 'ready', healthy: true, ejected: null } as const;
  assert.equal(replicaTone(plain), 'good');
  assert.equal(replicaTone({ ...plain, healthy: false }), 'bad');
  assert.equal(replicaTone({ ...plain, ejected: EJECTED }), 'bad');
  assert.equal(replicaTone({ ...plain, state: 'starting', healthy: null }), 'warn');
  assert.equal(replicaTone({ ...plain, state: 'stopped', healthy: null }), null);
});

test('what is said of a replica is why it errs, what was told last, or since when it runs', () => {
  const plain: ReplicaStatus = {
    ...ONE,
    ejected: null,
    note: null,
    startedAt: '2026-03-01T10:00:00.000Z',
  };
  assert.equal(replicaNote(plain, NOW), 'up 2 h');
  const noted = { ...plain, note: 'adopted', notedAt: '2026-03-01T11:59:00.000Z' };
  assert.equal(replicaNote(noted, NOW), 'adopted, 1 min ago');
  assert.equal(replicaNote({ ...noted, notedAt: null }, NOW), 'adopted');
  assert.equal(replicaNote({ ...noted, ejected: EJECTED }, NOW), EJECTED.reason);
});

test('a bar is as full as can be and no fuller, and what is not known has none', () => {
  assert.deepEqual(fullness(50, 100), { share: 0.5, tone: 'calm' });
  assert.deepEqual(fullness(85, 100), { share: 0.85, tone: 'warn' });
  assert.deepEqual(fullness(250, 100), { share: 1, tone: 'bad' });
  assert.equal(fullness(null, 100), null);
});
