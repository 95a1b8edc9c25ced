import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testStore } from '../../test/support/store.ts';
import type { StoredDecision } from './decisions.ts';

const DECISION: Omit<StoredDecision, 'id'> = {
  service: 'api',
  at: 1_000,
  until: 1_000,
  times: 1,
  policy: 'target',
  current: 2,
  raw: 3,
  stabilised: 3,
  limited: 3,
  desired: 3,
  applied: null,
  binding: 'none',
  reasons: [],
  signals: {},
};

test('decisions of a shadow are found by its policy, and never among the live ones', (t) => {
  const file = testStore(t);
  const { decisions, shadows } = file.store;
  const live = decisions.insert(DECISION);
  const target = shadows.decisions('target').insert({ ...DECISION, desired: 7 });
  const linear = shadows.decisions('linear').insert({ ...DECISION, policy: 'linear', desired: 9 });
  shadows.decisions('target').repeat(target.id, 2_000);
  shadows.decisions('target').applied(target.id, 7);

  const store = file.reopen();
  assert.deepEqual(store.decisions.last('api', 9), [live]);
  assert.deepEqual(store.decisions.between('api', 0, 9_000, 9), [live]);
  assert.deepEqual(store.decisions.at('api', 9_000), live);
  const repeated = { ...target, until: 2_000, times: 2, applied: 7 };
  assert.deepEqual(store.shadows.decisions('target').last('api', 9), [repeated]);
  assert.deepEqual(store.shadows.decisions('target').at('api', 9_000), repeated);
  assert.deepEqual(store.shadows.decisions('linear').between('api', 0, 9_000, 9), [linear]);
  assert.equal(store.shadows.decisions('slo').firstAt('api'), null);
});

test('where a shadow stands outlives a restart; of one that never stood nothing is known', (t) => {
  const file = testStore(t);
  file.store.shadows.setStanding('api', 'target', { desired: 3 });
  file.store.shadows.setStanding('api', 'target', { desired: 4 });
  assert.deepEqual(file.store.shadows.standing('api', 'target'), { desired: 4 });
  assert.deepEqual(file.reopen().shadows.standing('api', 'target'), { desired: 4 });
  assert.equal(file.store.shadows.standing('api', 'linear'), null);
});
