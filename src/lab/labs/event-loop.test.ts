import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgeEventLoop } from './event-loop.ts';
import type { LoopSeen } from './loop-seen.ts';

const SEEN = { cpu: 0.4, utilisation: 0.4, lightP50Ms: 2, replicas: 1, reasons: [], failures: 0 };
const SOUND: readonly LoopSeen[] = [
  { ...SEEN, way: 'whole', delayMs: 90, lightP95Ms: 75 },
  { ...SEEN, way: 'slices', cpu: 0.42, delayMs: 14, lightP95Ms: 8 },
  {
    ...SEEN,
    way: 'scaled',
    delayMs: 90,
    lightP95Ms: 6,
    replicas: 3,
    reasons: ['event-loop delay 92 ms is above 30 ms'],
  },
];

test('a delay that tells what CPU does not is as claimed', () => {
  assert.deepEqual(missed({}), []);
});

test('a CPU that differs, or is reason enough, or was not told, is seen', () => {
  assert.deepEqual(missed({ slices: { cpu: 0.65 } }), [0]);
  assert.deepEqual(missed({ whole: { cpu: 0.75 }, slices: { cpu: 0.74 } }), [0]);
  assert.deepEqual(missed({ whole: { cpu: null } }), [0]);
});

test('slices that delay as long are seen by the loop and by the others', () => {
  assert.deepEqual(missed({ slices: { delayMs: 90, lightP95Ms: 75 } }), [1, 2]);
});

test('a delay that nobody told is seen', () => {
  assert.deepEqual(missed({ slices: { delayMs: null } }), [1]);
});

test('a rule that brings nobody, or another one that does, is seen', () => {
  assert.deepEqual(missed({ scaled: { replicas: 1, reasons: [] } }), [3]);
  assert.deepEqual(missed({ scaled: { reasons: ['cpu 91 % is above 70 %'] } }), [3]);
});

test('replicas that do not help the others are seen', () => {
  assert.deepEqual(missed({ scaled: { lightP95Ms: 75 } }), [4]);
});

test('one failure is seen', () => {
  assert.deepEqual(missed({ whole: { failures: 1 } }), [5]);
});

function missed(other: Partial<Record<LoopSeen['way'], Partial<LoopSeen>>>): number[] {
  const seen = SOUND.map((each) => ({ ...each, ...other[each.way] }));
  return judgeEventLoop(seen).flatMap(({ met }, index) => (met ? [] : [index]));
}
