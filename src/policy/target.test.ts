import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from '../../test/support/property.ts';
import { missing, NOT_APPLICABLE } from '../signals/reading.ts';
import type { Decided } from './decision.ts';
import { decideIn, START, type Situation } from '../../test/support/scaling.ts';

const decideTarget = (given: Situation): Decided =>
  decideIn({ ...given, scale: { policy: 'target', ...given.scale } });
const rawOf = (given: Situation): number | null => decideTarget(given).raw;
const CALM = { concurrency: 0 };

test('to the ratio of load and target, rounded up', () => {
  for (const [concurrency, wanted] of [
    [0, 0],
    [1, 1],
    [9, 1],
    [41, 5],
    [400, 40],
  ] as const) {
    assert.equal(
      rawOf({ desired: 2, stable: { concurrency }, burst: CALM }),
      wanted,
      `${concurrency}`,
    );
  }
});

test('up from ten per cent above the target, down with ten per cent to spare', () => {
  for (const [concurrency, wanted] of [
    [55, 5],
    [55.1, 6],
    [37, 5],
    [36, 4],
  ] as const) {
    assert.equal(
      rawOf({ desired: 5, stable: { concurrency }, burst: CALM }),
      wanted,
      `${concurrency}`,
    );
  }
});

test('the largest answer of all targets wins', () => {
  const scale = { target: { concurrency: 10, cpu: 0.5, rps: 100 } };
  const stable = { concurrency: 20, cpu: 1, rps: 900 };
  assert.equal(rawOf({ desired: 4, scale, stable, burst: CALM }), 9);
  assert.equal(rawOf({ desired: 4, scale, stable: { ...stable, cpu: 2 }, burst: CALM }), 16);
});

test('requests waiting at the gateway want a place as well', () => {
  assert.equal(rawOf({ desired: 1, stable: { concurrency: 10, queued: 30 }, burst: CALM }), 4);
});

test('floating point does not round three up to four', () => {
  const scale = { target: { cpu: 0.7 } };
  assert.equal(rawOf({ desired: 1, ready: 1, scale, stable: { cpu: 2.1 }, burst: CALM }), 3);
});

test('starting replicas are in the count already: the same load asks for no more of them', () => {
  const scale = { target: { cpu: 0.5 } };
  const given = { desired: 4, ready: 1, starting: 3, scale, stable: { cpu: 2 } };
  assert.equal(rawOf(given), 4);
});

test('replicas that are taken out for their errors keep their place beside those that are needed, and go first', () => {
  const scale = { target: { cpu: 0.5 } };
  const given = { desired: 3, ready: 2, out: 1, scale };
  assert.equal(rawOf({ ...given, stable: { cpu: 0.9 } }), 5, 'four that serve');
  assert.equal(rawOf({ ...given, stable: { cpu: 0.5 } }), 3);
  assert.equal(rawOf({ ...given, stable: { cpu: 0.1 } }), 1);
  const level = { ...given, scale: { target: { latencyMs: 300 } } };
  assert.equal(rawOf({ ...level, stable: { latencyP95Ms: 600 }, burst: CALM }), 5);
  assert.equal(rawOf({ ...level, stable: { latencyP95Ms: 20 }, burst: CALM }), 1);
});

test('latency and memory come down one at a time: they do not follow the count in proportion', () => {
  const scale = { target: { latencyMs: 300 } };
  assert.equal(rawOf({ desired: 10, scale, stable: { latencyP95Ms: 20 }, burst: CALM }), 9);
  assert.equal(rawOf({ desired: 10, scale, stable: { latencyP95Ms: 600 }, burst: CALM }), 20);
});

test('a queue is judged by the time it takes to drain', () => {
  const scale = { target: { drainTimeMs: 30_000 } };
  const stable = { drainTimeMs: 120_000, backlog: 400 };
  assert.equal(rawOf({ desired: 2, scale, stable, burst: CALM }), 8);
  const stuck = { drainTimeMs: NOT_APPLICABLE, backlog: 400 };
  assert.equal(rawOf({ desired: 2, scale, stable: stuck }), 2, 'nothing drains: no speed to judge');
});

test('who sleeps wakes to as many as drain the queue, and never to more than there are tasks', () => {
  const scale = { target: { drainTimeMs: 30_000 }, min: 0 };
  const queue = { oldestMs: null, perReplica: 10, arrivingPerSecond: null, leased: 0 };
  const asleep = { desired: 0, scale, burst: CALM };
  const stable = { drainTimeMs: 500_000, backlog: 5_000 };
  assert.equal(rawOf({ ...asleep, stable, queue: { ...queue, waiting: 5_000 } }), 17);
  const old = { drainTimeMs: 500_000, backlog: 2 };
  assert.equal(rawOf({ ...asleep, stable: old, queue: { ...queue, waiting: 2 } }), 2);
});

test('nobody goes who is needed for what waits and what comes, and it says so', () => {
  const scale = { target: { drainTimeMs: 30_000 } };
  const queue = { waiting: 0, oldestMs: null, perReplica: 10, arrivingPerSecond: 47, leased: 0 };
  const given = { desired: 8, scale, stable: { drainTimeMs: 0, backlog: 0 }, burst: CALM, queue };
  const decided = decideTarget(given);
  assert.equal(decided.raw, 6);
  assert.ok(decided.reasons.some((each) => each.kind === 'in-hand' && each.replicas === 6));
  assert.equal(rawOf({ ...given, queue: { ...queue, arrivingPerSecond: 470 } }), 8, 'never more');
});

test('missing data of a target holds, unless another target asks for more', () => {
  const scale = { target: { concurrency: 10, cpu: 0.5 } };
  const held = decideTarget({
    desired: 4,
    scale,
    stable: { concurrency: missing(5_000), cpu: 0.1 },
  });
  assert.equal(held.raw, null);
  assert.equal(held.desired, 4);
  assert.equal(held.binding, 'missing');
  const stable = { concurrency: missing(5_000), cpu: 1 };
  assert.equal(decideTarget({ desired: 4, scale, stable, burst: CALM }).desired, 8);
});

test('a target that is not applicable is skipped; with none left an unused service shrinks by one', () => {
  const scale = { target: { latencyMs: 300 } };
  assert.equal(rawOf({ desired: 4, scale, stable: {} }), 3);
  assert.equal(rawOf({ desired: 4, scale, stable: { rps: 3 } }), 4);
});

test('more load never asks for fewer replicas', () => {
  const load = fc.double({ min: 0, max: 10_000, noNaN: true });
  const counts = fc.record({
    desired: fc.integer({ min: 0, max: 60 }),
    ready: fc.integer({ min: 0, max: 60 }),
  });
  fc.assert(
    fc.property(load, load, counts, (a, b, { desired, ready }) => {
      const scale = { target: { concurrency: 7, cpu: 0.6, latencyMs: 250 } };
      const wanted = (size: number): number =>
        rawOf({
          desired,
          ready,
          scale,
          stable: { concurrency: size, cpu: size / 100, latencyP95Ms: size },
        }) as number;
      assert.ok(wanted(Math.min(a, b)) <= wanted(Math.max(a, b)));
    }),
  );
});

test('a tenfold step is followed by the burst window, and nothing goes down until a stable window has passed', () => {
  const at = (second: number, given: Situation): Decided =>
    decideTarget({ ...given, now: START + second * 1_000 });

  const first = at(0, { desired: 1, stable: { concurrency: 10 }, burst: { concurrency: 8 } });
  assert.equal(first.raw, 1);
  assert.equal(first.memory.burstAt, null);

  // The step: the stable window is still half asleep.
  const step = at(1, {
    desired: 1,
    stable: { concurrency: 18 },
    burst: { concurrency: 40 },
    memory: first.memory,
  });
  assert.equal(step.raw, 4);
  assert.equal(step.memory.burstAt, START + 1_000);
  assert.ok(step.reasons.some(({ kind }) => kind === 'burst'));

  // The load falls at once; what was started stays for a stable window.
  const calm = { desired: 4, stable: { concurrency: 5 }, burst: { concurrency: 5 } };
  const held = at(10, { ...calm, memory: step.memory });
  assert.equal(held.raw, 4);
  assert.deepEqual(
    held.reasons.find(({ kind }) => kind === 'after-burst'),
    { kind: 'after-burst', remainingMs: 1_000 },
  );
  const over = at(11, { ...calm, memory: held.memory });
  assert.equal(over.memory.burstAt, null);
  assert.equal(over.raw, 1);
});

test('a burst that goes on extends itself', () => {
  const stable = { concurrency: 10 };
  const first = decideTarget({ stable, burst: { concurrency: 30 } });
  const later = { now: START + 9_000, stable, burst: { concurrency: 30 }, memory: first.memory };
  assert.equal(decideTarget(later).memory.burstAt, START + 9_000);
});

test('below the factor the burst window does not rule; it is counted in whole replicas', () => {
  const given = { desired: 2, stable: { concurrency: 18 } };
  assert.equal(rawOf({ ...given, burst: { concurrency: 30 } }), 2);
  assert.equal(rawOf({ ...given, burst: { concurrency: 31 } }), 4);
  const one = { desired: 1, stable: { concurrency: 5 } };
  assert.equal(rawOf({ ...one, burst: { concurrency: 11 } }), 1, 'within the tolerance');
  assert.equal(rawOf({ ...one, burst: { concurrency: 12 } }), 2);
});

test('scripted: a swell, a plateau and an ebb', () => {
  // What each second brings, and the count after it; cooldown up 3 s, down 60 s.
  const script: readonly (readonly [second: number, concurrency: number, desired: number])[] = [
    [0, 5, 1],
    [1, 14, 2], // 1.4 times the target: one more
    [2, 30, 2], // cooldown: 2 s left
    [4, 30, 3],
    [10, 30, 3], // steady
    [11, 10, 3], // scaled up 7 s ago: the window is not its own yet
    [14, 10, 2], // down, with a tenth to spare
    [20, 5, 2], // cooldown down
    [74, 5, 1],
  ];
  let desired = 1;
  let memory = decideTarget({}).memory;
  for (const [second, concurrency, wanted] of script) {
    const decided = decideTarget({
      now: START + second * 1_000,
      desired,
      stable: { concurrency },
      burst: CALM,
      memory,
    });
    assert.equal(decided.desired, wanted, `at ${second} s`);
    ({ desired, memory } = decided);
  }
});
