import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testStore } from '../../test/support/store.ts';
import type { StoredDecision } from '../state/decisions.ts';
import type { DeploymentRow } from '../state/deployments.ts';
import type { Store } from '../state/store.ts';
import { tolerantStore } from './tolerant-store.ts';

const full = (): never => {
  throw new Error('disk full');
};
const decision = { service: 'api', at: 1, until: 1, desired: 2 } as unknown as StoredDecision;
const deployment = { id: 1, kind: 'deploy', state: 'running' } as unknown as DeploymentRow;

test('on a full disk history is lost and told once, and the loop goes on', (t) => {
  const { store } = testStore(t);
  const told: string[] = [];
  const note = (_: object, sentence: string): void => void told.push(sentence);
  let broken = true;
  const flaky: Store = {
    ...store,
    decisions: { ...store.decisions, insert: () => full() },
    deployments: { ...store.deployments, put: full },
    incidents: { ...store.incidents, add: full },
    samples: { ...store.samples, add: (row) => (broken ? full() : store.samples.add(row)) },
  };
  const tolerant = tolerantStore(flaky, { info: note, warn: note, error: note, debug: note });

  const row = { service: 'api', at: 1, ready: 1, desired: 1, signals: {} };
  tolerant.samples.add(row);
  assert.ok(tolerant.decisions.insert(decision).id < 0, 'never the id of another row');
  tolerant.deployments.put(deployment);
  tolerant.incidents.add({
    at: 1,
    service: 'api',
    replica: null,
    code: 'REPLICA_DIED',
    message: '',
  });
  assert.equal(told.length, 1);
  broken = false;
  tolerant.samples.add(row);
  assert.equal(told.length, 2);
  assert.match(told[1] ?? '', /again/);
});

test('what a person asked for, a deployment too, and the numbers of new replicas still throw', (t) => {
  const { store } = testStore(t);
  const silent = { info() {}, warn() {}, error() {}, debug() {} };
  const tolerant = tolerantStore(
    {
      ...store,
      controls: { ...store.controls, setPinned: full },
      replicas: { ...store.replicas, nextNumber: full },
      deployments: { ...store.deployments, insert: full },
    },
    silent,
  );
  assert.throws(() => tolerant.controls.setPinned('api', 2), /disk full/);
  assert.throws(() => tolerant.deployments.insert(deployment), /disk full/);
  assert.throws(() => tolerant.replicas.nextNumber('api'), /disk full/);
});
