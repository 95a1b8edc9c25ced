import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createChance } from './chance.ts';
import { createServiceTime } from './service-time.ts';

test('as many take longer as of a log-normal drawn with that mean and spread', () => {
  const service = createServiceTime(50, 0.5);
  const chance = createChance(1, 1);
  const sigma = Math.sqrt(Math.log(1.25));
  const drawn = Array.from(
    { length: 50_000 },
    () => 50 * Math.exp(sigma * chance.normal() - (sigma * sigma) / 2),
  );
  for (const ms of [20, 45, 60, 120]) {
    const longer = drawn.filter((each) => each > ms).length / drawn.length;
    assert.ok(Math.abs(service.longerThan(ms) - longer) < 0.01, `${ms} ms`);
  }
  assert.equal(service.longerThan(0), 1);
  assert.equal(service.longerThan(-10), 1);
});

test('the mean over a span is that of many looks into it', () => {
  for (const cv of [0, 0.5, 2]) {
    const service = createServiceTime(50, cv);
    for (const [from, to] of [
      [-100, 300],
      [0, 80],
      [40, 40.001],
      [49, 51],
    ] as const) {
      let looks = 0;
      for (let at = 0.5; at < 1_000; at++) {
        looks += service.longerThan(from + ((to - from) * at) / 1_000) / 1_000;
      }
      const mean = service.meanLongerThan(from, to);
      assert.ok(Math.abs(mean - looks) < 2e-3, `cv ${cv}, ${from}..${to}: ${mean}, not ${looks}`);
    }
  }
});
