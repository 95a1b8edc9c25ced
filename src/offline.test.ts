import assert from 'node:assert/strict';
import { test } from 'node:test';
import { temporaryFolder } from '../test/support/temporary.ts';
import { decision } from '../test/support/fake-control.ts';
import { storedDecisions } from './offline.ts';
import type { PolicyName } from './spec/spec.ts';
import { stateFolder } from './state/folder.ts';
import { openStore } from './state/open.ts';

test('decisions of a policy are found when nothing runs: the live ones are never told as those of a shadow', (t) => {
  const folder = temporaryFolder(t);
  const store = openStore(stateFolder(folder).database, { now: () => 0 });
  const { id: _, ...made } = decision(1, { policy: 'linear' });
  store.decisions.insert(made);
  store.shadows.decisions('target').insert({ ...made, policy: 'target', desired: 7 });
  // From when it was a shadow.
  store.shadows.decisions('linear').insert({ ...made, desired: 9 });
  store.close();
  const told = (policy?: PolicyName) =>
    storedDecisions(folder, 'api', { last: 5, ...(policy && { policy }) })?.decisions.map(
      (each) => [each.policy, each.desired],
    );
  assert.deepEqual(told(), [['linear', made.desired]]);
  assert.deepEqual(told('linear'), [['linear', made.desired]]);
  assert.deepEqual(told('target'), [['target', 7]]);
  assert.deepEqual(told('slo'), []);
});
