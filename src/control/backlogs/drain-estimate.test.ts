import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from '../../../test/support/property.ts';
import type { DrainMemory } from './drain-estimate.ts';
import { drainMemoryOf, learnDrain, NOTHING_MEASURED, perReplica } from './drain-estimate.ts';

/** One look a second with so many waiting and ready; `finished` in each second after the first. */
function learned(
  finished: readonly number[],
  { waiting = 100, ready = 2, memory = NOTHING_MEASURED } = {},
): DrainMemory {
  return finished.reduce((before, each, index) => {
    const [from, to] = [index * 1000, index * 1000 + 1000];
    return learnDrain(before, { at: from, waiting, ready }, { at: to, waiting, ready }, each);
  }, memory);
}

const seconds = (count: number, finished: number): number[] =>
  Array.from({ length: count }, () => finished);

test('what was finished while tasks waited, for each replica', () => {
  assert.equal(perReplica(NOTHING_MEASURED), null);
  assert.equal(perReplica(learned([20, 20, 20])), 10);
  assert.equal(perReplica(learned([0, 0, 0])), null, 'nothing has finished yet');
});

test('nothing is learned while nothing waits, while the replicas change, or over a gap', () => {
  const at = { at: 0, waiting: 5, ready: 2 };
  for (const [before, now] of [
    [
      { ...at, waiting: 0 },
      { ...at, at: 1000 },
    ],
    [at, { ...at, at: 1000, waiting: 0 }],
    [at, { ...at, at: 1000, ready: 3 }],
    [
      { ...at, ready: 0 },
      { ...at, at: 1000, ready: 0 },
    ],
    [at, { ...at, at: 61_000 }],
    [at, { ...at, at: -1000 }],
  ] as const) {
    assert.equal(learnDrain(NOTHING_MEASURED, before, now, 7), NOTHING_MEASURED);
  }
  const odd = learnDrain(NOTHING_MEASURED, at, { ...at, at: 1000 }, -3);
  assert.equal(odd, NOTHING_MEASURED, 'the totals ran backwards');
});

test('tasks that are longer than a second are averaged over the time between them', () => {
  const slow = Array.from({ length: 200 }, (_, second) => (second % 20 === 19 ? 1 : 0));
  assert.equal(Math.round((perReplica(learned(slow, { ready: 1 })) ?? 0) * 1000), 50);
});

test('another speed is learned within seconds, and a slight one within half a minute', () => {
  const fast = learned(seconds(60, 20));
  assert.equal(perReplica(fast), 10);
  assert.equal(perReplica(learned(seconds(5, 10), { memory: fast })), 5);
  assert.equal(perReplica(learned(seconds(5, 30), { memory: fast })), 15);
  const slightly = (count: number): number =>
    perReplica(learned(seconds(count, 18), { memory: fast })) ?? 0;
  assert.ok(slightly(5) > 9.7 && slightly(30) < 9.5, `${slightly(5)} ${slightly(30)}`);
});

test('tasks that end in bunches, and chance, are no other speed', () => {
  const bunches = Array.from({ length: 60 }, (_, second) => (second % 3 === 2 ? 30 : 0));
  const fast = learned(seconds(60, 10), { ready: 1 });
  for (let count = 3; count <= 60; count++) {
    const speed = perReplica(learned(bunches.slice(0, count), { ready: 1, memory: fast })) ?? 0;
    assert.ok(speed > 9 && speed < 11.5, `${count}: ${speed}`);
  }
  // As chance has them: mean 10, and some seconds that are far from it.
  const uneven = [12, 7, 10, 16, 9, 4, 13, 11, 8, 10];
  for (let count = 1; count <= 40; count++) {
    const seen = Array.from({ length: count }, (_, second) => uneven[second % 10] ?? 0);
    const speed = perReplica(learned(seen, { ready: 1, memory: fast })) ?? 0;
    assert.ok(speed > 9 && speed < 11.5, `${count}: ${speed}`);
  }
});

test('two minutes in which nothing was delivered do not make the queue seem slow', () => {
  const before = learned(seconds(60, 20));
  const after = perReplica(learned([...seconds(120, 0), 20], { memory: before })) ?? 0;
  assert.ok(after > 7, `${after}`);
});

test('property: whatever is seen, the speed stays between the slowest and the fastest second', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 500 }), { minLength: 1, maxLength: 100 }),
      (all) => {
        const speed = perReplica(learned(all, { ready: 1 })) ?? -1;
        assert.ok(speed >= Math.min(...all) * 0.999 && speed <= Math.max(...all) * 1.001);
      },
    ),
  );
});

test('what was remembered is gone on with, and nonsense is not', () => {
  const memory = learned([20]);
  assert.deepEqual(drainMemoryOf(JSON.parse(JSON.stringify(memory))), memory);
  for (const each of [null, 7, {}, { ...memory, finished: 'x' }, { ...memory, pending: null }])
    assert.equal(drainMemoryOf(each), NOTHING_MEASURED);
});
