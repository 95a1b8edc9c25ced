import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testStore } from '../../../test/support/store.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../kit/clock.ts';
import type { Learner } from '../../policy/learner.ts';
import { service } from '../../../test/support/fake-control.ts';
import type { Observation } from '../../policy/observation.ts';
import type { ReplicaRow } from '../../state/replicas.ts';
import type { Store } from '../../state/store.ts';
import { recordedPages } from './recorded.ts';

/** On a whole minute. */
const NOW = 1_700_000_040_000;

type Told =
  | { readonly what: 'seen'; readonly seen: Observation }
  | { readonly what: 'started' | 'revised'; readonly at: number; readonly tookMs?: number };

function toldOf(store: Store, now = NOW): readonly Told[] {
  const told: Told[] = [];
  const learner = {
    observe: (seen) => void told.push({ what: 'seen', seen }),
    replicaStarted: (at, tookMs) => void told.push({ what: 'started', at, tookMs }),
    revised: (at) => void told.push({ what: 'revised', at }),
    read: () => assert.fail('nothing is read'),
  } satisfies Learner;
  const { spec } = service();
  for (const page of recordedPages(store, spec, now)) for (const { tell } of page) tell(learner);
  return told;
}

test('three hours come back each moment once, the older part in steps of ten seconds', (t) => {
  const { store, setNow } = testStore(t);
  const from = NOW - 3 * HOUR;
  for (let at = from; at <= NOW; at += SECOND) {
    setNow(at);
    const signals = { rps: Math.floor((at - from) / MINUTE) };
    store.samples.add({ service: 'api', at, ready: 2, desired: 2, signals });
  }
  const seen = toldOf(store).flatMap((each) => (each.what === 'seen' ? [each.seen] : []));
  assert.ok(seen.length > 7_000 && seen.length < 9_000, `${seen.length} observations`);
  let before = from - 1;
  for (const { at, rps, ready } of seen) {
    assert.ok(at > before, 'in the order of time');
    assert.ok(at - before <= 10 * SECOND + 1, 'without a gap');
    assert.ok(Math.abs((rps ?? 0) - (at - from) / MINUTE) <= 1.2);
    assert.equal(ready, 2);
    before = at;
  }
  assert.equal(before, NOW);
});

test('old days come in minutes, those that were swept away not at all', (t) => {
  const { store, setNow } = testStore(t);
  for (const at of [NOW - 70 * DAY, NOW - 10 * DAY, NOW - 3 * DAY]) {
    setNow(at);
    for (const second of [0, 30, 61])
      store.samples.add({
        service: 'api',
        at: at + second * SECOND,
        ready: 1,
        desired: 1,
        signals: { rps: second },
      });
  }
  setNow(NOW);
  store.sweep(NOW);
  const seen = toldOf(store).flatMap((each) => (each.what === 'seen' ? [each.seen] : []));
  assert.deepEqual(
    seen.map(({ at, rps }) => [at - NOW, rps]),
    [
      [-10 * DAY + MINUTE - 1, 15],
      [-10 * DAY + 2 * MINUTE - 1, 61],
      [-3 * DAY + MINUTE - 1, 15],
      [-3 * DAY + 2 * MINUTE - 1, 61],
    ],
  );
});

test('what arrived in each interval is told, in the coarser steps too, and is left out where it is not known', (t) => {
  const { store, setNow } = testStore(t);
  const add = (at: number, arrivedRps: number | null): void => {
    setNow(at);
    const signals = { rps: 50 };
    store.samples.add({ service: 'api', at, ready: 1, desired: 1, signals, arrivedRps });
  };
  for (const second of [0, 1, 11]) add(NOW - 3 * HOUR + second * SECOND, second * 10);
  for (const [second, arrivedRps] of [null, 0, 80].entries())
    add(NOW - (10 - second) * SECOND, arrivedRps);
  setNow(NOW);
  store.sweep(NOW);
  const seen = toldOf(store).flatMap((each) => (each.what === 'seen' ? [each.seen] : []));
  assert.deepEqual(
    seen.map((each) => [each.rps, 'arrivedRps' in each ? each.arrivedRps : 'left out']),
    [
      [50, 5],
      [50, 110],
      [50, 'left out'],
      [50, 0],
      [50, 80],
    ],
  );
});

test('starts and deployments are told between the samples, and what was measured meanwhile is marked', (t) => {
  const { store } = testStore(t);
  for (let at = NOW - 10 * SECOND; at <= NOW; at += SECOND)
    store.samples.add({ service: 'api', at, ready: 1, desired: 1, signals: {} });
  const replica = {
    service: 'api',
    revision: 'r',
    state: 'ready',
    host: null,
    port: null,
  } as const;
  const put = (id: string, startedAt: number, readyAt: number | null): void =>
    store.replicas.put({
      ...replica,
      id,
      startedAt,
      readyAt,
      pid: null,
      identity: null,
      stoppedAt: null,
      note: null,
    } satisfies ReplicaRow);
  put('api-1', NOW - 30 * SECOND, NOW - 26 * SECOND);
  put('api-2', NOW - 9 * SECOND, NOW - 5_500);
  put('api-3', NOW - SECOND, null);
  // It was seen to be ready an hour later, by the next control plane.
  put('api-4', NOW - 3_600 * SECOND, NOW - 4 * SECOND);
  const deploy = (to: string, endedAt: number): void =>
    void store.deployments.insert({
      kind: 'deploy',
      service: null,
      state: 'done',
      startedAt: endedAt - 2 * SECOND,
      endedAt,
      detail: { services: [{ name: 'api', from: 'r', to, replaced: 1, of: 1 }] },
    });
  deploy('r', NOW - 8 * SECOND);
  deploy('s', NOW - 3 * SECOND);

  const told = toldOf(store);
  assert.deepEqual(
    told.map((each) => [each.what, (each.what === 'seen' ? each.seen.at : each.at) - NOW]),
    [
      ['started', -26_000],
      ...[10, 9, 8, 7, 6].map((ago) => ['seen', -ago * SECOND]),
      ['started', -5_500],
      ...[5, 4, 3].map((ago) => ['seen', -ago * SECOND]),
      ['revised', -3_000],
      ...[2, 1, 0].map((ago) => ['seen', -ago * SECOND || 0]),
    ],
  );
  const marked = told.flatMap((each) =>
    each.what === 'seen' && each.seen.disturbed ? [each.seen.at - NOW] : [],
  );
  assert.deepEqual(marked, [-5_000, -4_000, -3_000], 'a deployment of something else is none');
  const started = told.filter(({ what }) => what === 'started');
  assert.deepEqual(
    started.map((each) => 'tookMs' in each && each.tookMs),
    [4_000, 3_500],
  );
});

test('moments in which most requests failed are marked', (t) => {
  const { store } = testStore(t);
  for (const [second, errors] of [null, 0, 0.1, 0.9, 1].entries())
    store.samples.add({
      service: 'api',
      at: NOW - (10 - second) * SECOND,
      ready: 1,
      desired: 1,
      signals: { rps: 50, errors },
    });
  const seen = toldOf(store).flatMap((each) => (each.what === 'seen' ? [each.seen] : []));
  assert.deepEqual(
    seen.map(({ disturbed }) => disturbed ?? false),
    [false, false, false, true, true],
  );
});
