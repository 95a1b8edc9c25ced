import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createChance } from './chance.ts';
import { poisson } from './poisson.ts';

function moments(draw: () => number, times: number): { mean: number; variance: number } {
  const drawn = Array.from({ length: times }, draw);
  const mean = drawn.reduce((sum, each) => sum + each, 0) / times;
  const variance = drawn.reduce((sum, each) => sum + (each - mean) ** 2, 0) / times;
  return { mean, variance };
}

function near(actual: number, expected: number, off: number, what: string): void {
  assert.ok(Math.abs(actual - expected) <= off, `${what} is ${actual}, not ${expected} ± ${off}`);
}

test('the same seed and stream give the same numbers, another stream or seed others', () => {
  const first = (seed: number, stream: number): readonly number[] => {
    const chance = createChance(seed, stream);
    return Array.from({ length: 5 }, () => chance.uniform());
  };
  assert.deepEqual(first(1, 1), first(1, 1));
  const all = [first(1, 1), first(1, 2), first(2, 1), first(0, 0), first(1 + 2 ** 40, 1)];
  assert.equal(new Set(all.flat()).size, 25);
});

test('its numbers are spread evenly over 0..1, and its normal ones as they should be', () => {
  const chance = createChance(7, 1);
  const even = moments(() => chance.uniform(), 40_000);
  near(even.mean, 0.5, 0.01, 'mean');
  near(even.variance, 1 / 12, 0.002, 'variance');
  const normal = moments(() => chance.normal(), 40_000);
  near(normal.mean, 0, 0.02, 'mean');
  near(normal.variance, 1, 0.03, 'variance');
});

for (const mean of [0.05, 3, 59, 61, 5_000]) {
  test(`a Poisson number with mean ${mean} has that mean and that variance, and is whole`, () => {
    const chance = createChance(3, 1);
    const drawn = moments(() => {
      const count = poisson(mean, chance);
      assert.ok(Number.isInteger(count) && count >= 0);
      return count;
    }, 20_000);
    near(drawn.mean, mean, 4 * Math.sqrt(mean / 20_000), 'mean');
    near(drawn.variance / mean, 1, 0.1, 'variance over mean');
  });
}

test('nothing comes at a rate of 0', () => {
  assert.equal(poisson(0, createChance(1, 1)), 0);
});
