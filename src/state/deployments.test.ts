import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testStore } from '../../test/support/store.ts';
import type { DeploymentRow } from './deployments.ts';

const DEPLOYMENT: Omit<DeploymentRow, 'id'> = {
  kind: 'deploy',
  service: null,
  state: 'running',
  startedAt: 1_000,
  endedAt: null,
  detail: { done: ['api'], traffic: { requests: 7 } },
};

test('a deployment comes back as it was stored, the newest as the last', (t) => {
  const file = testStore(t);
  assert.equal(file.store.deployments.last(), null);
  const first = file.store.deployments.insert(DEPLOYMENT);
  const second = file.store.deployments.insert({ ...DEPLOYMENT, kind: 'restart', service: 'api' });
  assert.notEqual(first.id, second.id);
  const { deployments } = file.reopen();
  assert.deepEqual(deployments.last(), second);
  assert.deepEqual(deployments.get(first.id), first);
  assert.equal(deployments.get(99), null);
});

test('what became of a deployment takes the place of what was known of it', (t) => {
  const file = testStore(t);
  const row = file.store.deployments.insert(DEPLOYMENT);
  const ended = { ...row, state: 'rolled-back', endedAt: 2_000, detail: null } as const;
  file.store.deployments.put(ended);
  assert.deepEqual(file.reopen().deployments.last(), ended);
});
