import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgeCache, type CacheMeasured } from './cache.ts';

const SOUND: CacheMeasured = {
  without: { requests: 720, failures: 0, p50Ms: 44, p95Ms: 48, lookedUp: 720 },
  cached: { requests: 720, failures: 0, p50Ms: 1.4, p95Ms: 45, lookedUp: 96 },
  hitRate: 0.867,
  seen: { before: 1, afterChange: 1, afterPurge: 2, current: 2 },
};

test('a cache that spares the service and its callers passes', () => {
  assert.deepEqual(missed(SOUND), []);
});

test('a route that keeps nothing is seen by reach, hit rate, latency and age', () => {
  const seen = { before: 1, afterChange: 2, afterPurge: 2, current: 2 };
  assert.deepEqual(missed({ ...SOUND, cached: SOUND.without, hitRate: null, seen }), [0, 1, 2, 3]);
});

test('a count of hits that is not true is seen', () => {
  assert.deepEqual(missed({ ...SOUND, hitRate: 0.95 }), [1]);
});

test('a purge that forgets nothing is seen', () => {
  assert.deepEqual(missed({ ...SOUND, seen: { ...SOUND.seen, afterPurge: 1 } }), [3]);
});

test('one failure is seen', () => {
  assert.deepEqual(missed({ ...SOUND, cached: { ...SOUND.cached, failures: 1 } }), [4]);
});

function missed(measured: CacheMeasured): number[] {
  return judgeCache(measured).flatMap(({ met }, index) => (met ? [] : [index]));
}
