import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { LEARNED, service } from '../../../test/support/fake-control.ts';
import { testStore } from '../../../test/support/store.ts';
import { SECOND } from '../../kit/clock.ts';
import { silentLog } from '../../kit/log.ts';
import type { Learner } from '../../policy/learner.ts';
import type { Observation } from '../../policy/observation.ts';
import type { ScaleSpec, ServiceSpec } from '../../spec/spec.ts';
import { createLearnings } from './learnings.ts';

const T = 1_700_000_000_000;

function specOf(scale: Partial<ScaleSpec>): ServiceSpec {
  const { spec } = service();
  return { ...spec, scale: { ...spec.scale, ...scale } };
}

const seen = (at: number): Observation => ({ at, rps: 1, ready: 1 }) as unknown as Observation;

/**
 * Learners that note what they are told. Time passes by what they are told alone, and mostly not at all, so that on a
 * busy machine a slice is long enough, too.
 */
function scene(t: TestContext, fails: (what: string) => boolean = () => false, toldMs = 0) {
  let passedMs = 0;
  t.mock.method(performance, 'now', () => passedMs);
  const file = testStore(t);
  const told: string[][] = [];
  const logged: string[] = [];
  const createLearner = (): Learner => {
    const own: string[] = [];
    told.push(own);
    const note = (what: string): void => {
      if (fails(what)) throw new Error('odd');
      passedMs += toldMs;
      own.push(what);
    };
    return {
      observe: ({ at }) => note(`seen ${at - T}`),
      replicaStarted: (at, tookMs) => note(`started ${at - T} ${tookMs}`),
      revised: (at) => note(`revised ${at - T}`),
      read: () => (note('read'), LEARNED),
    };
  };
  const learnings = createLearnings({
    clock: { now: () => T },
    log: { ...silentLog, error: (_, sentence) => void logged.push(sentence) },
    store: file.store,
    createLearner,
  });
  t.after(() => learnings.stop());
  return { file, told, logged, learnings };
}

test('only a service with a policy that asks for it is learned of; one that only has shadows tells how long starts take', (t) => {
  const { learnings, told } = scene(t);
  const look = (scale: Partial<ScaleSpec>): unknown =>
    learnings.look({ spec: specOf(scale), revision: 'r' }, seen(T));
  assert.equal(look({ policy: 'target' }), null);
  assert.equal(told.length, 0);
  assert.equal(look({ policy: 'predictive' }), LEARNED);
  assert.deepEqual(told[0], ['seen 0', 'read']);
  look({ policy: 'linear', shadow: ['target'] });
  assert.deepEqual(told[1], ['read']);
  learnings.started('api', T + 5_000, 4_000);
  assert.deepEqual(told[1], ['read', 'started 5000 4000']);
  look({ policy: 'linear', shadow: ['slo'] });
  assert.deepEqual(told[2], ['seen 0', 'read']);
});

test('another revision that serves is told, and other times to learn by begin anew', (t) => {
  const { learnings, told } = scene(t);
  const spec = specOf({ policy: 'slo' });
  for (const [at, revision] of [
    [0, 'r'],
    [1, 'r'],
    [2, 's'],
  ] as const)
    learnings.look({ spec, revision }, seen(T + at));
  assert.deepEqual(
    told[0]?.filter((each) => each !== 'read'),
    ['seen 0', 'seen 1', 'revised 2', 'seen 2'],
  );
  learnings.look({ spec: specOf({ policy: 'slo', max: 99 }), revision: 's' }, seen(T + 3));
  assert.equal(told.length, 1);
  learnings.look({ spec: specOf({ policy: 'slo', windowMs: 5_000 }), revision: 's' }, seen(T + 4));
  assert.equal(told.length, 2);
});

test('what was recorded is told before what comes, a slice at a time; nothing is known before that', async (t) => {
  const { file, learnings, told } = scene(t, () => false, 0.05);
  const { store } = file;
  const recorded = 7_000;
  for (let second = recorded; second > 0; second--)
    store.samples.add({
      service: 'api',
      at: T - second * SECOND,
      ready: 1,
      desired: 1,
      signals: { rps: 1 },
    });
  const looked = { spec: specOf({ policy: 'predictive' }), revision: 'r' };
  assert.equal(learnings.look(looked, seen(T + 1)), null);
  assert.ok(learnings.waitsFor(looked.spec), 'the live count waits for it');
  assert.ok(!learnings.waitsFor(specOf({ policy: 'linear', shadow: ['predictive'] })));
  assert.equal(learnings.look(looked, seen(T + 2)), null);
  // A slice is two hundred of them.
  for (let slices = 0; slices < 40; slices++) await turn();
  assert.ok(!learnings.waitsFor(looked.spec), 'it has caught up');
  assert.equal(learnings.look(looked, seen(T + 3)), LEARNED);
  const [own = []] = told.slice(-1);
  assert.equal(own.length, recorded + 4);
  assert.deepEqual(own.slice(-5), ['seen -1000', 'seen 1', 'seen 2', 'seen 3', 'read']);
});

for (const part of ['seen', 'started', 'revised', 'read'] as const)
  test(`a learner that fails when ${part} is told once, and its policies go on without it`, (t) => {
    const { learnings, logged } = scene(t, (what) => what.startsWith(part));
    const spec = specOf({ policy: 'predictive' });
    for (const revision of ['r', 's', 's']) {
      learnings.look({ spec, revision }, seen(T));
      learnings.started('api', T, 1);
    }
    assert.equal(learnings.look({ spec, revision: 's' }, seen(T)), null);
    assert.equal(logged.length, 1);
  });

test('a state file that cannot be read costs what was recorded and nothing else', (t) => {
  const { file, told } = scene(t);
  const broken = {
    ...file.store,
    samples: {
      ...file.store.samples,
      oldestAt: () => {
        throw new Error('disk gone');
      },
    },
  };
  const learnings = createLearnings({
    clock: { now: () => T },
    log: silentLog,
    store: broken,
    createLearner: () => ({
      observe: ({ at }) => void told.push([`seen ${at}`]),
      replicaStarted: () => undefined,
      revised: () => undefined,
      read: () => LEARNED,
    }),
  });
  t.after(() => learnings.stop());
  assert.equal(
    learnings.look({ spec: specOf({ policy: 'slo' }), revision: 'r' }, seen(T)),
    LEARNED,
  );
});
