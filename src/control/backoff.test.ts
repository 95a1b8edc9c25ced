import assert from 'node:assert/strict';
import { test } from 'node:test';
import { afterFailure, CRASH_LOOP, isCrashLoop, waitsUntil } from './backoff.ts';
import type { StartFailures } from './backoff.ts';

const failures = (count: number, chance = 0.5): StartFailures => {
  let failed: StartFailures | null = null;
  for (let at = 1; at <= count; at++) {
    failed = afterFailure(failed, { revision: 'a', startedAt: at, endedAt: at }, chance);
  }
  return failed as StartFailures;
};
const pauseMs = (count: number, chance = 0.5): number => {
  const { retryAt, at } = failures(count, chance);
  return retryAt - at;
};

test('the pause after a failed start doubles and then is a minute', () => {
  assert.deepEqual(
    [1, 2, 3, 4, 5, 6].map((count) => pauseMs(count)),
    [500, 1000, 2000, 4000, 60_000, 60_000],
  );
});

test('chance spreads the pause by a quarter each way', () => {
  assert.equal(pauseMs(1, 0), 375);
  assert.equal(pauseMs(1, 1), 625);
});

test('five failed starts in a row of one revision are a crash loop, another revision starts anew', () => {
  assert.equal(isCrashLoop(failures(CRASH_LOOP - 1), 'a'), false);
  const looping = failures(CRASH_LOOP);
  assert.equal(isCrashLoop(looping, 'a'), true);
  assert.equal(isCrashLoop(looping, 'b'), false);
  assert.equal(afterFailure(looping, { revision: 'b', startedAt: 9, endedAt: 9 }, 0.5).count, 1);
});

test('replicas started side by side that fail together count as one failure', () => {
  const first = afterFailure(null, { revision: 'a', startedAt: 1, endedAt: 10 }, 0.5);
  const beside = afterFailure(first, { revision: 'a', startedAt: 2, endedAt: 11 }, 0.5);
  assert.equal(beside, first);
});

test('a start waits until the pause is over, of the revision that failed only', () => {
  const failed = afterFailure(null, { revision: 'a', startedAt: 1, endedAt: 1000 }, 0.5);
  assert.equal(waitsUntil(failed, 'a', 1000), 1500);
  assert.equal(waitsUntil(failed, 'a', 1500), null);
  assert.equal(waitsUntil(failed, 'b', 1000), null);
  assert.equal(waitsUntil(null, 'a', 1000), null);
});

test('a clock that is set back by an hour ends the wait, and the next failure is counted and waited for', () => {
  const hour = 3_600_000;
  const failed = afterFailure(null, { revision: 'a', startedAt: hour, endedAt: hour }, 0.5);
  assert.equal(waitsUntil(failed, 'a', 10), null);
  const next = afterFailure(failed, { revision: 'a', startedAt: 10, endedAt: 20 }, 0.5);
  assert.equal(next.count, 2);
  assert.equal(waitsUntil(next, 'a', 20), 1020);
});
