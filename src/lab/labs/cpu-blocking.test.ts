import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BlockedLoad } from './blocked-load.ts';
import { judgeCpuBlocking, type CpuBlockingMeasured } from './cpu-blocking.ts';

const ONE: BlockedLoad = {
  replicas: 1,
  burnMs: 3010,
  requests: 360,
  failures: 0,
  p50Ms: 1.7,
  p95Ms: 2700,
  p99Ms: 2970,
  maxMs: 3010,
  unhealthyLooks: 20,
  loopDelayMs: 2990,
};
const SOUND: CpuBlockingMeasured = {
  one: ONE,
  three: { ...ONE, replicas: 3, p95Ms: 2.3, p99Ms: 3, maxMs: 3.2 },
  lastOf: { oneMs: 3020, threeMs: 1010 },
  replaced: 0,
};

test('one who blocks all, and three of whom two go on, is as claimed', () => {
  assert.deepEqual(missed(SOUND), []);
});

test('replicas that do not help are seen', () => {
  assert.deepEqual(missed({ ...SOUND, three: { ...ONE, replicas: 3 } }), [1]);
});

test('a request that blocks nobody is seen', () => {
  const one = { ...ONE, p95Ms: 3, maxMs: 4, loopDelayMs: 20 };
  assert.deepEqual(missed({ ...SOUND, one }), [0, 1, 5]);
});

test('who waits longer than what stands in line is seen', () => {
  assert.deepEqual(missed({ ...SOUND, one: { ...ONE, maxMs: 53_364 } }), [2]);
});

test('burns that do not add up, and three replicas that take six at once, are seen', () => {
  assert.deepEqual(missed({ ...SOUND, lastOf: { oneMs: 600, threeMs: 500 } }), [3]);
});

test('checks that notice nothing, and a replica that is replaced for computing, are seen', () => {
  assert.deepEqual(missed({ ...SOUND, one: { ...ONE, unhealthyLooks: 0 } }), [4]);
  assert.deepEqual(missed({ ...SOUND, replaced: 1 }), [4]);
});

test('one failure is seen', () => {
  assert.deepEqual(missed({ ...SOUND, one: { ...ONE, failures: 1 } }), [6]);
});

function missed(measured: CpuBlockingMeasured): number[] {
  return judgeCpuBlocking(measured).flatMap(({ met }, index) => (met ? [] : [index]));
}
