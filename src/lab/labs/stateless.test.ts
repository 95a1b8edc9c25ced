import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgeStateless, type Kept } from './stateless.ts';

const KEPT = { looks: 310, lost: 0, lostAfterKill: 0, usersOfKilled: 10, failures: 0, counted: 60 };
const SOUND: readonly Kept[] = [
  { ...KEPT, kind: 'memory', lost: 206, lostAfterKill: 21, counted: 20 },
  { ...KEPT, kind: 'sticky', lostAfterKill: 10, counted: 20 },
  { ...KEPT, kind: 'redis' },
  { ...KEPT, kind: 'token', counted: null },
];

test('logins that only the process forgets are as claimed', () => {
  assert.deepEqual(missed({}), []);
});

test('a process that knows everybody, or counts all, is seen', () => {
  assert.deepEqual(missed({ memory: { lost: 0, counted: 60 } }), [0, 1]);
});

test('a counter in Redis that loses one is seen', () => {
  assert.deepEqual(missed({ redis: { counted: 59 } }), [1]);
});

test('one who is logged out of Redis or a token is seen, also after a kill', () => {
  assert.deepEqual(missed({ redis: { lost: 1 } }), [2]);
  assert.deepEqual(missed({ token: { lostAfterKill: 1 } }), [3]);
});

test('sticky that loses somebody, or logs out others than those of the killed one, is seen', () => {
  assert.deepEqual(missed({ sticky: { lost: 1 } }), [4]);
  assert.deepEqual(missed({ sticky: { lostAfterKill: 11 } }), [5]);
  assert.deepEqual(missed({ sticky: { lostAfterKill: 0, usersOfKilled: 0 } }), [5]);
});

test('one failure is seen', () => {
  assert.deepEqual(missed({ sticky: { failures: 1 } }), [6]);
});

test('of what was not measured nothing is claimed', () => {
  assert.deepEqual(judgeStateless(SOUND.slice(1)), []);
});

function missed(other: Partial<Record<Kept['kind'], Partial<Kept>>>): number[] {
  const kept = SOUND.map((each) => ({ ...each, ...other[each.kind] }));
  return judgeStateless(kept).flatMap(({ met }, index) => (met ? [] : [index]));
}
