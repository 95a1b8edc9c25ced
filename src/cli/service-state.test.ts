import assert from 'node:assert/strict';
import { test } from 'node:test';
import { T0, service, signals, view } from '../../test/support/fake-control.ts';
import type { ServiceView } from '../control/view.ts';
import { reading } from '../signals/reading.ts';
import { serviceStatusOf } from '../web/status.ts';
import { paint } from './paint.ts';
import { healthText, problemLines, replicaStateText, stateText } from './service-state.ts';

const plain = paint(false);
/** A service with both replicas it should have. */
const shown = (changes: Partial<ServiceView> = {}) =>
  serviceStatusOf(service({ desired: 2, ...changes }));
const [first, second] = view().services[0]?.replicas ?? [];
const failing = first && second ? [first, { ...second, healthy: false }] : [];
const problem = {
  code: 'REPLICA_DIED',
  message: 'api-1 ended by SIGKILL; it was replaced.',
  at: T0,
  log: ['Error: no db'],
};

test('a replica that fails its checks is ready, but its service is not steady', () => {
  const status = shown({ replicas: failing });
  assert.equal(stateText(status, plain), 'failing checks');
  assert.equal(healthText(status), '1 of 2 healthy');
  assert.deepEqual(status.replicas.map(replicaStateText), ['ready', 'ready, failing its checks']);
  assert.equal(stateText(shown(), plain), 'steady');
  assert.equal(healthText(shown()), null);
});

test('a replica that is taken out is ready and not well, and a circuit that is not closed says so first', () => {
  const ejected = { since: T0, untilAt: T0 + 10_000, times: 1, reason: 'it errs' };
  const replicas = first && second ? [{ ...first, ejected }, second] : [];
  const status = shown({ replicas });
  assert.equal(stateText(status, plain), 'a replica errs');
  assert.equal(healthText(status), '1 of 2 healthy');
  assert.deepEqual(status.replicas.map(replicaStateText), ['ready, taken out', 'ready']);
  const circuit = { state: 'open', since: T0, reason: null, untilAt: T0 } as const;
  assert.equal(stateText(shown({ replicas, circuit }), plain), 'circuit open');
});

test('errors above the brake are not steady, below it or without one they are', () => {
  const snapshot = (errors: number) => {
    const stable = signals({ errors: reading(errors) });
    return { at: T0, stable, burst: stable };
  };
  assert.equal(stateText(shown({ snapshot: snapshot(1) }), plain), 'errors above 5 %');
  assert.equal(stateText(shown({ snapshot: snapshot(0.05) }), plain), 'steady');
  const without = { ...shown({ snapshot: snapshot(1) }), brakeErrors: null };
  assert.equal(stateText(without, plain), 'steady');
});

test('a service that misses replicas is in trouble, one that only listens late is starting', () => {
  assert.equal(stateText(shown({ desired: 3, problem }), plain), 'in trouble');
  const late = { ...problem, code: 'NOT_LISTENING' };
  assert.equal(stateText(shown({ desired: 3, problem: late }), plain), 'starting');
});

test('a service whose replicas keep dying is not steady, however many are ready in between', () => {
  const dying = shown({ problem: { ...problem, code: 'REPLICAS_KEEP_DYING' } });
  assert.equal(stateText(dying, plain, T0 + 60_000), 'keeps dying');
  assert.equal(stateText(dying, plain, T0 + 200_000), 'steady', 'it was long ago');
});

test('a problem is told with its age for ten minutes, and as long as replicas are missing', () => {
  const told = ['api, 2 min ago: api-1 ended by SIGKILL; it was replaced.', '  Error: no db'];
  assert.deepEqual(problemLines(shown({ problem }), plain, T0 + 120_000), told);
  assert.deepEqual(problemLines(shown({ problem }), plain, T0 + 601_000), []);
  assert.equal(problemLines(shown({ desired: 3, problem }), plain, T0 + 601_000).length, 2);
  assert.deepEqual(problemLines(shown(), plain, T0), []);
});
