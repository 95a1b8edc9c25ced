import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgeBreaker, type BreakerMeasured, type Side } from './circuit-breaker.ts';

const WITHOUT: Side = {
  buyersWaitMs: 2020,
  lookersWaitMs: 1560,
  lookersWaitP95Ms: 2870,
  lookers: 180,
  lookersFailed: 0,
  attempts: 60,
  recoveryMs: 430,
  failedBefore: 0,
  refusedBefore: 0,
  buyersBefore: 60,
};

const SOUND: BreakerMeasured = {
  without: WITHOUT,
  guarded: {
    ...WITHOUT,
    buyersWaitMs: 3,
    lookersWaitMs: 2,
    lookersWaitP95Ms: 780,
    attempts: 20,
    recoveryMs: 990,
  },
};

test('a breaker that spares buyers, lookers and the ill service passes', () => {
  assert.deepEqual(missed(SOUND), []);
});

test('a breaker that does nothing is seen', () => {
  assert.deepEqual(missed({ without: WITHOUT, guarded: WITHOUT }), [0, 1, 2]);
});

test('where nobody was answered without it, any answer is better; none is not', () => {
  assert.deepEqual(missed({ ...SOUND, without: { ...WITHOUT, lookersWaitMs: null } }), []);
  assert.deepEqual(missed(guarding({ lookersWaitMs: null })), [1]);
});

test('a looker who was refused is seen', () => {
  assert.deepEqual(missed(guarding({ lookersFailed: 1 })), [1]);
});

test('a circuit that stays open is seen', () => {
  assert.deepEqual(missed(guarding({ recoveryMs: 40_000 })), [3]);
});

test('a breaker that refuses while all is well is seen', () => {
  assert.deepEqual(missed(guarding({ failedBefore: 3 })), [4]);
  assert.deepEqual(missed(guarding({ refusedBefore: 1 })), [4]);
  assert.deepEqual(missed(guarding({ buyersBefore: 0 })), [4]);
});

function guarding(more: Partial<Side>): BreakerMeasured {
  return { ...SOUND, guarded: { ...SOUND.guarded, ...more } };
}

function missed(measured: BreakerMeasured): number[] {
  return judgeBreaker(measured).flatMap(({ met }, index) => (met ? [] : [index]));
}
