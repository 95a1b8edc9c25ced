import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgeRateLimit, type RateLimitMeasured, type RateLimitPhase } from './rate-limit.ts';

const SOUND: RateLimitMeasured = {
  phases: [phase(1, 21), phase(3, 64), phase(1, 20.2)],
  retryAfterS: 1,
  statusAfterwards: 200,
};

test('a limit that follows the replicas up and down passes', () => {
  assert.deepEqual(missed(SOUND), []);
});

test('a limit that stays where it was is seen', () => {
  assert.deepEqual(missed({ ...SOUND, phases: [phase(1, 21), phase(3, 20.4)] }), [0]);
});

test('no limit at all is seen three times', () => {
  const phases = SOUND.phases.map((each) => ({ ...each, acceptedRps: 150, refused: {} }));
  assert.deepEqual(missed({ phases, retryAfterS: null, statusAfterwards: null }), [0, 1, 2]);
});

test('another refusal than 429 is seen', () => {
  const [first] = SOUND.phases;
  const phases = [
    { ...(first as RateLimitPhase), refused: { 'status-429': 600, 'status-503': 1 } },
  ];
  assert.deepEqual(missed({ ...SOUND, phases }), [1]);
});

test('one failure of the caller who keeps to it is seen', () => {
  const [first, ...rest] = SOUND.phases;
  const phases = [{ ...(first as RateLimitPhase), politeFailures: 1 }, ...rest];
  assert.deepEqual(missed({ ...SOUND, phases }), [3]);
});

function phase(replicas: number, acceptedRps: number): RateLimitPhase {
  const refused = { 'status-429': 600 };
  return { replicas, acceptedRps, refused, politeRequests: 50, politeFailures: 0 };
}

function missed(measured: RateLimitMeasured): number[] {
  return judgeRateLimit(measured).flatMap(({ met }, index) => (met ? [] : [index]));
}
