import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgeBacklog, type BacklogMeasured, type Burst } from './backlog.ts';

const BURST: Burst = {
  tasks: 5000,
  notTaken: 0,
  sendMs: 1200,
  drainMs: 30_900,
  peak: 9,
  failed: 0,
  untilAsleepMs: 6600,
  replicaSeconds: 270,
};

const SOUND: BacklogMeasured = {
  learning: { ...BURST, tasks: 200, drainMs: 7000, peak: 1, replicaSeconds: 12 },
  burst: BURST,
};

test('workers that rise, are done in time and sleep again pass', () => {
  assert.deepEqual(missed(SOUND), []);
});

test('a burst that takes far longer than asked for is seen', () => {
  assert.deepEqual(missed(having({ drainMs: 40_000 })), [0]);
});

test('one worker that does it all, more than may be, and workers that idle are seen', () => {
  assert.deepEqual(missed(having({ peak: 1, drainMs: 250_000 })), [0, 1]);
  assert.deepEqual(missed(having({ peak: 13 })), [1]);
  assert.deepEqual(missed(having({ replicaSeconds: 400 })), [1]);
});

test('workers that stay up are seen, after either burst', () => {
  assert.deepEqual(missed(having({ untilAsleepMs: 60_000 })), [2]);
  const learning = { ...SOUND.learning, untilAsleepMs: 60_000 };
  assert.deepEqual(missed({ ...SOUND, learning }), [2]);
});

test('one task that failed or was not taken is seen', () => {
  assert.deepEqual(missed(having({ failed: 1 })), [3]);
  assert.deepEqual(missed(having({ notTaken: 1 })), [3]);
});

function having(more: Partial<Burst>): BacklogMeasured {
  return { ...SOUND, burst: { ...BURST, ...more } };
}

function missed(measured: BacklogMeasured): number[] {
  return judgeBacklog(measured).flatMap(({ met }, index) => (met ? [] : [index]));
}
