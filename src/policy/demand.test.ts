import assert from 'node:assert/strict';
import { test } from 'node:test';
import { missing } from '../signals/reading.ts';
import { decideIn, START, type Situation } from '../../test/support/scaling.ts';

const SLEEPY = { min: 0, sleepAfterMs: 30_000 };
const inSleepy = (given: Situation) => decideIn({ ...given, scale: { ...SLEEPY, ...given.scale } });

test('with min 0 the last replica stays until nobody has asked for sleepAfter', () => {
  const first = inSleepy({ desired: 1 });
  assert.equal(first.desired, 1);
  assert.equal(first.binding, 'min');
  assert.deepEqual(first.reasons.at(-1), {
    kind: 'awake',
    remainingMs: 30_000,
    afterMs: 30_000,
  });
  assert.equal(first.memory.idleSince, START);
  const later = { desired: 1, memory: first.memory };
  assert.equal(inSleepy({ ...later, now: START + 29_999 }).desired, 1);
  const asleep = inSleepy({ ...later, now: START + 30_000 });
  assert.equal(asleep.desired, 0);
  assert.deepEqual(asleep.reasons.at(-1), { kind: 'sleep', idleMs: 30_000 });
});

test('a trickle of requests keeps one awake under every policy', () => {
  for (const policy of ['linear', 'exponential', 'target'] as const) {
    const stable = { cpu: 0.001, rps: 0.1, latencyP95Ms: 5, concurrency: 0.001 };
    const decided = inSleepy({ desired: 1, scale: { policy }, stable, memory: { idleSince: 0 } });
    assert.equal(decided.desired, 1, policy);
    assert.equal(decided.memory.idleSince, null);
  }
});

test('several replicas of a service nobody asks go to sleep together, whatever the policy makes of its cpu', () => {
  const memory = { idleSince: START - 30_000 };
  assert.equal(inSleepy({ desired: 4, stable: { cpu: 0.9 }, memory }).desired, 0);
});

test('demand wakes one at once; silence does not, and does not send to sleep either', () => {
  for (const [demand, wake] of [
    [{ queued: 1 }, { kind: 'wake' }],
    [{ rps: 0.3 }, { kind: 'wake' }],
    [{ backlog: 2 }, { kind: 'wake', for: 'tasks' }],
  ] as const) {
    const woken = inSleepy({ desired: 0, stable: demand, memory: { lastUpAt: START } });
    assert.equal(woken.desired, 1);
    assert.equal(woken.binding, 'min');
    assert.deepEqual(
      woken.reasons.filter(({ kind }) => kind === 'wake' || kind === 'min'),
      [wake],
    );
  }
  const silent = { rps: missing(9_000), concurrency: missing(9_000), queued: missing(9_000) };
  const memory = { idleSince: START - 90_000 };
  assert.equal(inSleepy({ desired: 0, stable: silent, memory }).desired, 0);
  assert.equal(inSleepy({ desired: 1, stable: silent, memory }).desired, 1);
});

test('above min 0 nothing of this applies', () => {
  assert.equal(decideIn({ desired: 1, memory: { idleSince: 0 } }).desired, 1);
});

test('what workers have leased keeps them awake; a queue that is silent neither wakes nor sends to sleep', () => {
  const queue = { waiting: 0, oldestMs: null, perReplica: 1, arrivingPerSecond: 0, leased: 1 };
  const memory = { idleSince: START - 90_000 };
  const empty = { backlog: 0, drainTimeMs: 0 };
  assert.equal(inSleepy({ desired: 1, stable: empty, queue, memory }).desired, 1);
  const idle = { ...queue, leased: 0 };
  assert.equal(inSleepy({ desired: 1, stable: empty, queue: idle, memory }).desired, 0);

  const silent = { backlog: missing(9_000), drainTimeMs: missing(9_000) };
  assert.equal(inSleepy({ desired: 0, stable: silent, memory }).desired, 0);
  for (const policy of ['target', 'linear'] as const) {
    const scale = {
      policy,
      target: { drainTimeMs: 30_000 },
      down: { backlog: 5 },
      up: { backlog: 9 },
    };
    const held = decideIn({ desired: 3, stable: silent, scale: { min: 0, ...scale }, memory });
    assert.equal(held.desired, 3, policy);
    assert.equal(held.binding, 'missing', policy);
  }
});
