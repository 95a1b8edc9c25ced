import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgeAggregation, type AggregationMeasured } from './aggregation.ts';

const SOUND: AggregationMeasured = {
  separateMs: [245, 248, 260],
  togetherMs: [104, 105, 190],
  whole: 3,
  optionalBroken: { status: 200, failed: ['advice'], came: ['user', 'orders'] },
  requiredBroken: { status: 502, failed: ['orders'], came: [] },
  access: {
    withoutToken: 401,
    withForgedToken: 401,
    withToken: 200,
    shown: '/private/ann',
    openAggregate:
      "gateway.routes[3].aggregate.private: may lead to /private/*, which asks for auth: 'main'",
  },
};

test('parts that are asked for at once, with their failures named and their locks kept, pass', () => {
  assert.deepEqual(missed(SOUND), []);
});

test('parts that are asked for one after another are seen', () => {
  assert.deepEqual(missed({ ...SOUND, togetherMs: [244, 246, 250] }), [0, 1]);
});

test('an answer sooner than its slowest part was made of something else', () => {
  assert.deepEqual(missed({ ...SOUND, togetherMs: [2, 2, 2] }), [1]);
});

test('an answer in good time that lacks a part is seen', () => {
  assert.deepEqual(missed({ ...SOUND, whole: 2 }), [0]);
});

test('a failure that is not named, or that fails too much or too little, is seen', () => {
  const silent = { status: 200, failed: [], came: ['user', 'orders'] };
  assert.deepEqual(missed({ ...SOUND, optionalBroken: silent }), [2]);
  assert.deepEqual(missed({ ...SOUND, optionalBroken: SOUND.requiredBroken }), [2]);
  const half = { status: 200, failed: ['orders'], came: ['user', 'advice'] };
  assert.deepEqual(missed({ ...SOUND, requiredBroken: half }), [3]);
});

test('a lock that opens is seen, whoever opens it', () => {
  const having = (access: Partial<AggregationMeasured['access']>): number[] =>
    missed({ ...SOUND, access: { ...SOUND.access, ...access } });
  assert.deepEqual(having({ withoutToken: 200 }), [4]);
  assert.deepEqual(having({ withForgedToken: 200 }), [4]);
  assert.deepEqual(having({ shown: '/private/bob' }), [4]);
  assert.deepEqual(having({ openAggregate: null }), [5]);
});

function missed(measured: AggregationMeasured): number[] {
  return judgeAggregation(measured).flatMap(({ met }, index) => (met ? [] : [index]));
}
