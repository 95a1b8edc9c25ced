import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgeRolling, type RolledOut, type RollingMeasured } from './rolling.ts';

const RESTART: RolledOut = { kind: 'restart', state: 'done', tookMs: 10_000, replaced: 3 };

const SOUND: RollingMeasured = {
  changes: [RESTART, { ...RESTART, kind: 'deploy' }],
  requests: 2500,
  failures: 0,
  kinds: {},
  p95BeforeMs: 46,
  p95DuringMs: 60,
  posts: { answered: 1060, done: 1062, repeated: 0 },
};

test('replicas that are all replaced while nobody notices pass', () => {
  assert.deepEqual(missed(SOUND), []);
});

test('a change that was turned back, or left somebody, is seen', () => {
  const deploy = { ...RESTART, kind: 'deploy' } as const;
  for (const change of [
    { ...deploy, state: 'rolled-back' },
    { ...deploy, replaced: 2 },
  ])
    assert.deepEqual(missed({ ...SOUND, changes: [RESTART, change] }), [0]);
});

test('one request that was dropped is seen', () => {
  assert.deepEqual(missed({ ...SOUND, failures: 1, kinds: { 'status-502': 1 } }), [1]);
});

test('a write that was answered and not done, or done twice, is seen', () => {
  assert.deepEqual(missed({ ...SOUND, posts: { answered: 9, done: 8, repeated: 0 } }), [2]);
  assert.deepEqual(missed({ ...SOUND, posts: { answered: 9, done: 9, repeated: 1 } }), [2]);
});

test('callers who wait much longer are seen', () => {
  assert.deepEqual(missed({ ...SOUND, p95DuringMs: 400 }), [3]);
});

function missed(measured: RollingMeasured): number[] {
  return judgeRolling(measured).flatMap(({ met }, index) => (met ? [] : [index]));
}
