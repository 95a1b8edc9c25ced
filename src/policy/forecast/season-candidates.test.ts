import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Buckets } from './season-buckets.ts';
import { createBuckets } from './season-buckets.ts';
import { candidatePeriods } from './season-candidates.ts';

const SECOND = 1000;

test('the period of what comes back is found, in parts of a bucket', () => {
  const periods = candidatePeriods(
    filled((at) => (at % 303.5 < 60 ? 90 : 5)),
    60 * SECOND,
    2700 * SECOND,
  );
  assert.equal(periods.length, 1);
  assert.ok(Math.abs(periods[0]! - 303.5 * SECOND) < 0.7 * SECOND, String(periods[0]));
});

test('of two timers both the shorter period and that of the two together are found', () => {
  const load = (at: number) => (at % 300 < 60 ? 60 : 5) + (at % 900 < 60 ? 200 : 0);
  const periods = candidatePeriods(filled(load), 60 * SECOND, 2700 * SECOND);
  assert.ok(periods.includes(900 * SECOND), periods.join());
});

test('a multiple of a shorter period is not one of its own', () => {
  const buckets = filled((at) => (at % 300 < 60 ? 90 : 5));
  assert.deepEqual(candidatePeriods(buckets, 2000 * SECOND, 2700 * SECOND), []);
});

test('steady load, noise, a lone spike and too little history have none', () => {
  const noise = (at: number) => 50 + 100 * Math.abs((Math.sin(at) * 43_758.5453) % 1);
  for (const load of [() => 30, noise, (at: number) => (at === 5000 ? 9000 : 30)]) {
    assert.deepEqual(candidatePeriods(filled(load), 60 * SECOND, 2700 * SECOND), []);
  }
  assert.deepEqual(candidatePeriods(createBuckets(5000, 100), 60 * SECOND, 2700 * SECOND), []);
});

// Private

function filled(load: (atSeconds: number) => number): Buckets {
  const buckets = createBuckets(5 * SECOND, 5000);
  for (let at = 0; at < 4 * 3600; at++) buckets.add(at * SECOND, (at + 1) * SECOND, load(at));
  return buckets;
}
