import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pace } from './behind.ts';
import { IN_TIME, judgeBehind, lateness } from './behind.ts';

test('behind once it was late for longer than a window, caught up once it was not for as long', () => {
  let memory = IN_TIME;
  const turns: string[] = [];
  for (let now = 0; now <= 60_000; now += 1000) {
    const before = memory.behind;
    // A short dip on either side says nothing.
    const late = (now >= 5_000 && now < 30_000 && now !== 7_000) || now === 45_000;
    memory = judgeBehind(memory, late, now, 10_000);
    if (memory.behind !== before) turns.push(`${memory.behind} ${now}`);
  }
  assert.deepEqual(turns, ['true 19000', 'false 41000']);
});

test('a clock that was set back begins the wait anew', () => {
  const since = judgeBehind(IN_TIME, true, 100_000, 10_000);
  assert.equal(judgeBehind(since, true, 50_000, 10_000).behind, false);
});

test('late is what takes longer than the target with all there may be, or has waited longer', () => {
  const pace: Pace = {
    waiting: 1800,
    oldestMs: 1000,
    perReplica: 2.5,
    replicas: 4,
    bound: 'max',
    targetMs: 30_000,
  };
  assert.equal(
    lateness(pace),
    'would take 3 min with the 4 replicas it may have (scale.max); the target is 30 s',
  );
  assert.equal(
    lateness({ ...pace, bound: 'guard', replicas: 1 }),
    'would take 12 min with the 1 replica this machine has room for; the target is 30 s',
  );
  assert.equal(lateness({ ...pace, waiting: 300 }), null);
  assert.equal(lateness({ ...pace, waiting: 0 }), null);
  assert.equal(lateness({ ...pace, perReplica: null }), null, 'nothing was measured yet');
  assert.equal(
    lateness({ ...pace, perReplica: null, oldestMs: 45_000 }),
    'has waited for up to 45 s, with the 4 replicas it may have (scale.max); the target is 30 s',
  );
});
