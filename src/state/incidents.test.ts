import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testStore } from '../../test/support/store.ts';
import type { Incident } from './incidents.ts';

const incident = (at: number, more: Partial<Incident> = {}): Incident => ({
  at,
  service: 'api',
  replica: 'api-1',
  code: 'REPLICA_DIED',
  message: 'api-1 ended by SIGKILL',
  ...more,
});

test('incidents of one service within a time come back, the newest first, at most as many as asked', (t) => {
  const file = testStore(t);
  const { add } = file.store.incidents;
  for (const at of [1, 3, 2, 4]) add(incident(at));
  add(incident(3, { replica: null, code: 'CRASH_LOOP' }));
  add(incident(3, { service: 'web' }));
  const { incidents } = file.reopen();
  assert.deepEqual(incidents.list('api', 2, 3, 9), [
    incident(3, { replica: null, code: 'CRASH_LOOP' }),
    incident(3),
    incident(2),
  ]);
  assert.deepEqual(incidents.list('api', 0, 9, 1), [incident(4)]);
  assert.deepEqual(incidents.list('db', 0, 9, 9), []);
});
