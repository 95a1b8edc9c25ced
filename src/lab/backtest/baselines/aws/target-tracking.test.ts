import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTargetTracking } from './target-tracking.ts';

const MINUTE = 60_000;

test('it reacts after three minutes above the target, in proportion, rounded up', () => {
  const track = minutes(100);
  assert.deepEqual(track([150, 150, 150], 10, 10), [10, 10, 15]);
  const short = minutes(100);
  assert.deepEqual(short([150, 150, 99, 150, 150], 10, 10), [10, 10, 10, 10, 10]);
});

test('it gives up capacity after fifteen minutes that were 10 % below the target, down to what the largest needs', () => {
  const counts = minutes(100)([50, ...Array<number>(14).fill(20)], 10, 10);
  assert.deepEqual(counts.slice(0, 14), Array<number>(14).fill(10));
  assert.equal(counts[14], 5);
  assert.ok(
    minutes(100)(Array<number>(30).fill(91), 10, 10).every((count) => count === 10),
    'between 90 % and the target nothing moves',
  );
});

test('after a step out only a larger one is taken', () => {
  const tracking = createTargetTracking(100, 1, 50);
  let now = 0;
  const period = (metric: number, inService: number, desired: number): number =>
    tracking.period((now += MINUTE), metric, inService, desired);
  for (const metric of [150, 150]) assert.equal(period(metric, 10, 10), 10);
  assert.equal(period(150, 10, 10), 15);
  assert.equal(period(140, 10, 15), 15, 'what starts already counts');
  assert.equal(period(180, 10, 15), 18, 'a larger step');
});

test('between two steps in there are five minutes', () => {
  const tracking = createTargetTracking(100, 1, 50);
  const counts: number[] = [];
  let desired = 40;
  for (let minute = 1; minute <= 30; minute += 1) {
    desired = tracking.period(minute * MINUTE, 50 - minute, desired, desired);
    counts.push(desired);
  }
  const steps = counts.flatMap((count, i) => (count === (counts[i - 1] ?? 40) ? [] : [i + 1]));
  assert.equal(steps[0], 15);
  assert.ok(
    steps.slice(1).every((at, i) => at - (steps[i] ?? 0) >= 5),
    steps.join(),
  );
});

test('without data nothing happens, and the minutes are counted afresh', () => {
  const tracking = createTargetTracking(100, 1, 50);
  const metrics = [150, 150, null, 150, 150, 150];
  const counts = metrics.map((metric, i) => tracking.period(i * MINUTE, metric, 10, 10));
  assert.deepEqual(counts, [10, 10, 10, 10, 10, 15]);
});

test('it stays within its bounds', () => {
  const track = minutes(100, 4, 12);
  assert.deepEqual(track([900, 900, 900], 10, 10), [10, 10, 12]);
  assert.equal(minutes(100, 4, 12)(Array<number>(15).fill(0), 10, 10).at(-1), 4);
});

function minutes(
  target: number,
  min = 1,
  max = 50,
): (metrics: readonly number[], inService: number, desired: number) => number[] {
  const tracking = createTargetTracking(target, min, max);
  return (metrics, inService, desired) =>
    metrics.map((metric, i) => tracking.period(i * MINUTE, metric, inService, desired));
}
