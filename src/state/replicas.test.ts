import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testStore } from '../../test/support/store.ts';
import type { ReplicaRow } from './replicas.ts';

const ROW: ReplicaRow = {
  id: 'api-1',
  service: 'api',
  revision: 'a1b2c3',
  state: 'starting',
  host: '127.0.0.1',
  port: 20_001,
  pid: 4711,
  identity: { bootId: 'b', pid: 4711 },
  startedAt: 1_000,
  readyAt: null,
  stoppedAt: null,
  note: null,
};

test('a replica comes back from the file as it was put, its identity included', (t) => {
  const file = testStore(t);
  file.store.replicas.put(ROW);
  assert.deepEqual(file.reopen().replicas.live(), [ROW]);
});

test('putting a replica again replaces its row', (t) => {
  const { store } = testStore(t);
  store.replicas.put(ROW);
  const ready = { ...ROW, state: 'ready', readyAt: 1_500, identity: null, port: null } as const;
  store.replicas.put(ready);
  assert.deepEqual(store.replicas.live(), [ready]);
});

test('stopped and failed replicas are not live but stay in the recent ones, newest first', (t) => {
  const { store } = testStore(t);
  store.replicas.put({ ...ROW, id: 'api-1', state: 'stopped', startedAt: 1, note: 'drained' });
  store.replicas.put({ ...ROW, id: 'api-2', state: 'failed', startedAt: 2 });
  store.replicas.put({ ...ROW, id: 'api-3', state: 'draining', startedAt: 3 });
  store.replicas.put({ ...ROW, id: 'web-1', service: 'web', state: 'ready', startedAt: 4 });
  const ids = (rows: readonly ReplicaRow[]): string[] => rows.map(({ id }) => id);
  assert.deepEqual(ids(store.replicas.live()), ['api-3', 'web-1']);
  assert.deepEqual(ids(store.replicas.recent('api', 10)), ['api-3', 'api-2', 'api-1']);
  assert.deepEqual(ids(store.replicas.recent('api', 1)), ['api-3']);
});

test('what became ready in a span is told with how long it took, whatever has become of it since', (t) => {
  const { store } = testStore(t);
  const put = (id: string, startedAt: number, readyAt: number | null, more = {}): void =>
    store.replicas.put({ ...ROW, id, startedAt, readyAt, ...more });
  put('api-1', 1_000, 4_210);
  put('api-2', 2_000, 5_000, { state: 'stopped', stoppedAt: 9_000 });
  put('api-3', 2_000, 4_900, { state: 'draining' });
  put('api-4', 2_000, null, { state: 'failed' });
  put('api-5', 5_000, 8_001);
  put('web-1', 1_000, 4_500, { service: 'web' });
  assert.deepEqual(store.replicas.started('api', 4_210, 8_000, 10), [
    { startedAt: 1_000, readyAt: 4_210 },
    { startedAt: 2_000, readyAt: 4_900 },
    { startedAt: 2_000, readyAt: 5_000 },
  ]);
  assert.deepEqual(store.replicas.started('api', 0, 8_000, 1), [
    { startedAt: 2_000, readyAt: 5_000 },
  ]);
});

test('numbers count up by service and are never given out twice, not even after a restart or a sweep', (t) => {
  const file = testStore(t);
  assert.equal(file.store.replicas.nextNumber('api'), 1);
  assert.equal(file.store.replicas.nextNumber('api'), 2);
  assert.equal(file.store.replicas.nextNumber('web'), 1);
  file.store.replicas.put({ ...ROW, id: 'api-2', state: 'stopped', stoppedAt: 2 });
  file.store.sweep(1_700_000_000_000);
  assert.deepEqual(file.store.replicas.recent('api', 10), []);
  assert.equal(file.reopen().replicas.nextNumber('api'), 3);
});
