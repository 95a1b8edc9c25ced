import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createChance } from './chance.ts';
import { startupOf, startupSeen } from './learned-startup.ts';
import type { SeenCounts } from './learned-startup.ts';

test('a start takes what half of all took, to the millisecond; how much that varies is learned of ten and more', () => {
  assert.deepEqual(startupOf([3_900, 3_214, 3_100]), {
    known: { medianMs: 3_214 },
    words: 'a start-up time of 3.2 s was learned from 3 starts',
  });
  const chance = createChance(1, 1);
  const sigma = Math.sqrt(Math.log(1 + 0.2 ** 2));
  const drawn = Array.from({ length: 5_000 }, () => 3_200 * Math.exp(sigma * chance.normal()));
  const { known, words } = startupOf([...drawn, 59_000]);
  assert.ok(Math.abs((known?.cv ?? 0) - 0.2) < 0.01, `${known?.cv}`);
  assert.ok(Math.abs((known?.medianMs ?? 0) - 3_200) < 30, `${known?.medianMs}`);
  assert.match(
    words,
    /^a start-up time of 3.2 s that varies by \d\d % was learned from 5001 starts$/,
  );
});

test('where none was seen the start-up time is supposed', () => {
  assert.deepEqual(startupOf([]).known, null);
  assert.match(startupOf([]).words, /supposed/);
});

const counts = (...pairs: readonly (readonly [desired: number, ready: number])[]): SeenCounts[] =>
  pairs.map(([desired, ready], second) => ({ at: second * 1_000, desired, ready }));

test('of counts alone each that is ready was ordered first, half a step before it was seen', () => {
  const seen = counts([2, 2], [5, 2], [5, 2], [5, 3], [6, 3], [6, 5], [6, 5], [6, 5], [6, 6]);
  // Two, four, four and four seconds after they were ordered.
  const { known, words } = startupSeen(seen, 1_000);
  assert.deepEqual(known, { medianMs: 3_500 });
  assert.match(words, /3.5 s was learned from how the ready count followed 4 starts/);
});

test('a start that was given up, or is in the place of one that died, is none', () => {
  assert.equal(startupSeen(counts([2, 2], [4, 2], [3, 2], [2, 2], [2, 3]), 1_000).known, null);
  assert.equal(startupSeen(counts([2, 2], [3, 2], [3, 1], [3, 2], [3, 3]), 1_000).known, null);
});

test('starts drawn by chance, many at once, are learned from counts nearly as from each of them', () => {
  const chance = createChance(7, 1);
  const readyAt: number[] = [];
  const seen: SeenCounts[] = [];
  let desired = 1;
  for (let at = 0; at < 600_000; at += 1_000) {
    const ready = 1 + readyAt.filter((each) => each <= at).length;
    if (at % 30_000 === 10_000) {
      desired += 4;
      for (let order = 0; order < 4; order++)
        readyAt.push(at + 3_200 * (0.85 + 0.3 * chance.uniform()));
    }
    seen.push({ at, ready, desired });
  }
  const { known } = startupSeen(seen, 1_000);
  assert.ok(Math.abs((known?.medianMs ?? 0) - 3_200) <= 500, `${known?.medianMs}`);
});
