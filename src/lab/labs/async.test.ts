import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgeAsync, type AsyncMeasured } from './async.ts';

const SOUND: AsyncMeasured = {
  calmP50Ms: 502,
  direct: { requests: 400, failures: 312, kinds: { 'status-503': 312 }, p50Ms: 2310, p95Ms: 3000 },
  tasks: {
    requests: 400,
    failures: 0,
    kinds: {},
    p50Ms: 4,
    p95Ms: 19,
    drainMs: 20_500,
    done: 400,
    repeated: 0,
    results: 400,
    failed: 0,
  },
};

test('calls that fail where tasks are all taken, done and kept pass', () => {
  assert.deepEqual(missed(SOUND), []);
});

test('an endpoint that was not overloaded shows nothing', () => {
  assert.deepEqual(missed({ ...SOUND, direct: { ...SOUND.direct, failures: 12 } }), [0]);
});

test('a task that was not taken, or took long to hand over, is seen', () => {
  assert.deepEqual(missed(having({ failures: 1 })), [1]);
  assert.deepEqual(missed(having({ p95Ms: 2310 })), [2]);
});

test('a task that was lost or failed, and a result that is not there, are seen', () => {
  assert.deepEqual(missed(having({ done: 399 })), [3]);
  assert.deepEqual(missed(having({ failed: 1 })), [3]);
  assert.deepEqual(missed(having({ results: 399 })), [4]);
});

test('a task that was done twice is no breach of at least once', () => {
  assert.deepEqual(missed(having({ repeated: 1 })), []);
});

function having(more: Partial<AsyncMeasured['tasks']>): AsyncMeasured {
  return { ...SOUND, tasks: { ...SOUND.tasks, ...more } };
}

function missed(measured: AsyncMeasured): number[] {
  return judgeAsync(measured).flatMap(({ met }, index) => (met ? [] : [index]));
}
