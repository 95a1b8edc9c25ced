import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { testStore } from '../../test/support/store.ts';
import type { StoredDecision } from './decisions.ts';

const DECISION: Omit<StoredDecision, 'id'> = {
  service: 'api',
  at: 1_000,
  until: 1_000,
  times: 1,
  policy: 'linear',
  current: 2,
  raw: 3,
  stabilised: 3,
  limited: 3,
  desired: 3,
  applied: null,
  binding: 'none',
  reasons: [{ kind: 'above', signal: 'cpu', value: 0.9, threshold: 0.7 }],
  signals: { cpu: 0.9, backlog: null },
};

test('a decision comes back with its stages, reasons and signals', (t) => {
  const file = testStore(t);
  const inserted = file.store.decisions.insert(DECISION);
  const held = file.store.decisions.insert({ ...DECISION, raw: null, binding: 'missing' });
  assert.deepEqual(file.reopen().decisions.last('api', 5), [held, inserted]);
});

test('a repeat moves until and counts, and is there for the next reader at once', (t) => {
  const { store } = testStore(t);
  const { id } = store.decisions.insert(DECISION);
  store.decisions.repeat(id, 2_000);
  store.decisions.repeat(id, 3_000);
  assert.deepEqual(store.decisions.last('api', 1), [{ ...DECISION, id, until: 3_000, times: 3 }]);
});

test('repeats that still wait are written when the file is closed', (t) => {
  const file = testStore(t);
  const { id } = file.store.decisions.insert(DECISION);
  file.store.decisions.repeat(id, 2_000);
  assert.equal(file.reopen().decisions.last('api', 1)[0]?.times, 2);
});

test('what reconcile brought about is added to the decision', (t) => {
  const { store } = testStore(t);
  const { id } = store.decisions.insert(DECISION);
  store.decisions.applied(id, 2);
  assert.equal(store.decisions.last('api', 1)[0]?.applied, 2);
});

test('the decisions between two moments are found, the newest first and no more than asked for', (t) => {
  const { store } = testStore(t);
  store.decisions.insert({ ...DECISION, service: 'web', at: 5 });
  for (const at of [3, 5, 7, 9]) store.decisions.insert({ ...DECISION, at });
  const between = (...span: [number, number, number]): readonly number[] =>
    store.decisions.between('api', ...span).map(({ at }) => at);
  assert.deepEqual(
    [between(5, 8, 10), between(0, 9, 2)],
    [
      [7, 5],
      [9, 7],
    ],
  );
});

test('the oldest moment that is known is that of the service’s first decision', (t) => {
  const { store } = testStore(t);
  assert.equal(store.decisions.firstAt('api'), null);
  store.decisions.insert({ ...DECISION, service: 'web', at: 1 });
  for (const at of [5, 7]) store.decisions.insert({ ...DECISION, at });
  assert.equal(store.decisions.firstAt('api'), 5);
});

test('the newest decisions of one service come first, at most as many as asked', (t) => {
  const { store } = testStore(t);
  for (const at of [1, 2, 3]) store.decisions.insert({ ...DECISION, at });
  store.decisions.insert({ ...DECISION, service: 'web', at: 4 });
  assert.deepEqual(
    store.decisions.last('api', 2).map(({ at }) => at),
    [3, 2],
  );
});

test('the decision in force at a moment is the newest made until then', (t) => {
  const { store } = testStore(t);
  store.decisions.insert({ ...DECISION, at: 100, desired: 1 });
  store.decisions.insert({ ...DECISION, at: 200, desired: 2 });
  const desiredAt = (at: number): number | undefined => store.decisions.at('api', at)?.desired;
  assert.equal(desiredAt(99), undefined);
  assert.equal(desiredAt(100), 1);
  assert.equal(desiredAt(199), 1);
  assert.equal(desiredAt(200), 2);
  assert.equal(desiredAt(9_999), 2);
  assert.equal(store.decisions.at('web', 200), null);
});

test('reasons and signals that are not what they should be are left out, the rest stays', (t) => {
  const file = testStore(t);
  file.store.decisions.insert(DECISION);
  const raw = new DatabaseSync(file.path);
  raw.exec(`UPDATE decisions SET reasons = '[1, {"kind":"steady"}, null, {"no":"kind"}]',
    signals = '{"cpu":0.5,"rps":"many","memory":null}'`);
  const [mended] = file.store.decisions.last('api', 1);
  assert.deepEqual(mended?.reasons, [{ kind: 'steady' }]);
  assert.deepEqual(mended?.signals, { cpu: 0.5, memory: null });
  raw.exec(`UPDATE decisions SET reasons = '{', signals = '[]'`);
  raw.close();
  const [empty] = file.store.decisions.last('api', 1);
  assert.deepEqual([empty?.reasons, empty?.signals, empty?.desired], [[], {}, 3]);
});
