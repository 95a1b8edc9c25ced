import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgeChaos, type ChaosMeasured } from './chaos.ts';
import type { Blow } from './strike.ts';

const SOUND: ChaosMeasured = {
  blows: [
    blow('replicas', { writes: { requests: 130, failures: 3 } }),
    blow('gateway', { reads: { requests: 250, failures: 9 }, silenceMs: 93 }),
    blow('control plane'),
  ],
  writes: { answered: 480, done: 490, repeated: 0 },
};

test('deaths that cost what was in hand and nothing more pass', () => {
  assert.deepEqual(missed(SOUND), []);
});

test('a read that failed with a replica, or too many writes, is seen', () => {
  assert.deepEqual(missed(having('replicas', { reads: { requests: 250, failures: 1 } })), [0]);
  assert.deepEqual(missed(having('replicas', { writes: { requests: 130, failures: 40 } })), [0]);
});

test('a replica that is not replaced in time is seen', () => {
  assert.deepEqual(missed(having('replicas', { recoveryMs: 9000 })), [1]);
});

test('a gateway that stays away is seen', () => {
  assert.deepEqual(missed(having('gateway', { silenceMs: 8000 })), [2]);
});

test('one request that failed with the control plane is seen', () => {
  assert.deepEqual(
    missed(having('control plane', { writes: { requests: 200, failures: 1 } })),
    [3],
  );
});

test('a replica that died with somebody else is seen', () => {
  assert.deepEqual(missed(having('gateway', { innocent: 1 })), [4]);
});

test('a write that was done twice, or answered and not done, is seen', () => {
  assert.deepEqual(missed({ ...SOUND, writes: { answered: 9, done: 9, repeated: 1 } }), [5]);
  assert.deepEqual(missed({ ...SOUND, writes: { answered: 9, done: 8, repeated: 0 } }), [5]);
});

test('where nobody asked nothing was shown', () => {
  const nobody = { reads: { requests: 0, failures: 0 } };
  assert.deepEqual(missed(having('replicas', nobody)), [0]);
  assert.deepEqual(missed(having('control plane', nobody)), [3]);
});

test('what was not struck was not measured', () => {
  assert.deepEqual(missed({ ...SOUND, blows: [] }), [0, 1, 2, 3, 4]);
});

function blow(what: Blow['what'], more: Partial<Blow> = {}): Blow {
  return {
    what,
    reads: { requests: 250, failures: 0 },
    writes: { requests: 130, failures: 0 },
    kinds: {},
    recoveryMs: 400,
    silenceMs: 25,
    innocent: 0,
    ...more,
  };
}

function having(name: Blow['what'], more: Partial<Blow>): ChaosMeasured {
  const blows = SOUND.blows.map((each) => (each.what === name ? { ...each, ...more } : each));
  return { ...SOUND, blows };
}

function missed(measured: ChaosMeasured): number[] {
  return judgeChaos(measured).flatMap(({ met }, index) => (met ? [] : [index]));
}
