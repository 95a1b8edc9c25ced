import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HOUR, MINUTE, SECOND } from '../../kit/clock.ts';
import { createPace } from './pace.ts';

const T0 = 1_700_000_000_000;

test('news of one that comes and goes every few seconds are due at once six times, then once a minute', () => {
  const pace = createPace();
  const due = new Set<number>();
  for (let at = T0; at < T0 + 10 * MINUTE; at += 3 * SECOND) due.add(pace.dueAt('a', at));
  assert.deepEqual(
    [...due].slice(0, 8).map((at) => (at - T0) / SECOND),
    [0, 3, 6, 9, 12, 15, 75, 135],
  );
  assert.ok(due.size <= 16, `${due.size}`);
  assert.equal(pace.dueAt('b', T0), T0, 'another alert is another matter');
});

test('after ten minutes of calm it is told at once again', () => {
  const pace = createPace();
  for (let times = 0; times < 7; times++) pace.dueAt('a', T0);
  const later = T0 + 12 * MINUTE;
  pace.forget('a', later);
  assert.equal(pace.dueAt('a', later), later);
});

test('a clock that is set back holds nothing up for long', () => {
  const pace = createPace();
  for (let times = 0; times < 7; times++) pace.dueAt('a', T0);
  assert.equal(pace.dueAt('a', T0 - HOUR), T0 - HOUR);
});
