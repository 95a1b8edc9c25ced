import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DAY, HOUR, NOW, evidence } from '../../../test/support/evidence.ts';
import { replicasEnd } from './replicas-end.ts';

const died = (agoMs: number, code = 'REPLICA_DIED') => ({
  at: NOW - agoMs,
  service: 'api',
  replica: 'api-1',
  code,
  message: 'api-1 ended by SIGSEGV; it was replaced.',
});

test('replicas that keep ending are the first thing to look at, with the last of them', () => {
  const incidents = [died(5 * HOUR), died(4 * HOUR, 'CRASH_LOOP'), died(HOUR)];
  assert.deepEqual(replicasEnd(evidence({ incidents })), {
    kind: 'replicas-end',
    times: 3,
    last: 'api-1 ended by SIGSEGV; it was replaced.',
    from: NOW - 5 * HOUR,
    to: NOW,
  });
});

test('twice, on another day, or something else than an end is nothing to act on', () => {
  assert.equal(replicasEnd(evidence({ incidents: [died(2 * HOUR), died(HOUR)] })), null);
  const yesterday = [3, 2, 1].map((hours) => died(DAY + hours * HOUR));
  assert.equal(replicasEnd(evidence({ incidents: yesterday })), null);
  const others = [3, 2, 1].map((hours) => died(hours * HOUR, 'DEPLOYMENT_ENDED'));
  assert.equal(replicasEnd(evidence({ incidents: others })), null);
});
