import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testStore } from '../../test/support/store.ts';
import { backTo, lastUseEnded } from './last-use.ts';

test('the last use of a revision ended with the last deployment that is done and replaced it', (t) => {
  const { deployments } = testStore(t).store;
  const row = (from: string, to: string, endedAt: number, state: 'done' | 'rolled-back' = 'done') =>
    deployments.insert({
      kind: 'deploy',
      service: null,
      state,
      startedAt: 0,
      endedAt,
      detail: { services: [{ name: 'api', from, to, replaced: 1, of: 1 }] },
    });
  assert.equal(lastUseEnded(deployments, 'api', 'a'), null);
  row('a', 'b', 1);
  row('b', 'a', 2);
  row('a', 'b', 3);
  row('a', 'a', 4);
  row('a', 'b', 5, 'rolled-back');
  assert.equal(lastUseEnded(deployments, 'api', 'a'), 3);
  assert.equal(lastUseEnded(deployments, 'web', 'a'), null);
});

test('where a rollback leads is said with the time until which that was in use', () => {
  const at = new Date(2026, 2, 1, 13, 5).getTime();
  assert.equal(backTo('api', 'a', at, at + 60_000), 'api: back to a, in use until 13:05');
  const nextDay = at + 24 * 3_600_000;
  assert.equal(backTo('api', 'a', at, nextDay), 'api: back to a, in use until 2026-03-01 13:05');
  assert.equal(backTo('api', 'a', null, at), 'api: back to a');
});
