import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createChance } from './chance.ts';
import type { ReplicasModel } from './replicas-model.ts';
import { createReplicasModel } from './replicas-model.ts';

const EXACT = { startup: { medianMs: 3_000, cv: 0 }, drainMs: 2_000 };

function replicasOf(model = EXACT, seed = 1): ReplicasModel {
  return createReplicasModel(model, 2, createChance(seed, 2));
}

function counts({ ready, starting, draining }: ReplicasModel): readonly number[] {
  return [ready, starting, draining];
}

test('what is ordered starts, and is ready when it has started', () => {
  const replicas = replicasOf();
  replicas.scaleTo(5, 1_000);
  assert.deepEqual(counts(replicas), [2, 3, 0]);
  replicas.moveTo(3_999);
  assert.deepEqual(counts(replicas), [2, 3, 0]);
  replicas.moveTo(4_000);
  assert.deepEqual(counts(replicas), [5, 0, 0]);
  assert.deepEqual(replicas.started, [3_000, 3_000, 3_000]);
  replicas.moveTo(5_000);
  assert.deepEqual(replicas.started, []);
});

test('too many: those that start are cancelled first, the newest of them, then ready ones drain and go', () => {
  const replicas = replicasOf();
  replicas.scaleTo(3, 0);
  replicas.scaleTo(5, 1_000);
  replicas.scaleTo(3, 1_500);
  assert.deepEqual(counts(replicas), [2, 1, 0]);
  // The one that is left is the oldest.
  replicas.moveTo(3_000);
  assert.deepEqual(counts(replicas), [3, 0, 0]);
  replicas.scaleTo(4, 3_000);
  replicas.scaleTo(1, 3_000);
  assert.deepEqual(counts(replicas), [1, 0, 2]);
  replicas.moveTo(4_999);
  assert.deepEqual(counts(replicas), [1, 0, 2]);
  replicas.moveTo(5_000);
  assert.deepEqual(counts(replicas), [1, 0, 0]);
});

test('one that drains does not come back: who is needed again is ordered', () => {
  const replicas = replicasOf();
  replicas.scaleTo(1, 0);
  replicas.scaleTo(2, 0);
  assert.deepEqual(counts(replicas), [1, 1, 1]);
});

test('the n-th that is ordered takes as long whoever orders it and when', () => {
  const varying = { ...EXACT, startup: { medianMs: 30_000, cv: 0.25 } };
  const started = (orders: readonly (readonly [number, number])[]): readonly number[] => {
    const replicas = replicasOf(varying);
    const took: number[] = [];
    for (let now = 0; now <= 200_000; now += 1_000) {
      replicas.moveTo(now);
      took.push(...replicas.started);
      for (const [at, desired] of orders) if (at === now) replicas.scaleTo(desired, now);
    }
    return took.toSorted((a, b) => a - b);
  };
  const atOnce = started([[0, 7]]);
  assert.equal(atOnce.length, 5);
  assert.deepEqual(
    started([
      [10_000, 4],
      [90_000, 7],
    ]),
    atOnce,
  );
  assert.equal(new Set(atOnce).size, 5);
});
