import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tickFor } from './tick.ts';

const lasting = (days: number, stepMs: number) => ({
  name: 'x',
  stepMs,
  rps: new Float64Array((days * 86_400_000) / stepMs),
});

const starting = (medianMs: number) => ({ startup: { medianMs, cv: 0.25 } });
const usual = starting(30_000);

test('a tick is a second, and longer where a long trace has steps of five minutes and more', () => {
  assert.equal(tickFor(lasting(14, 300_000), usual), 1_000);
  assert.equal(tickFor(lasting(55, 300_000), usual), 2_000);
  assert.equal(tickFor(lasting(87, 900_000), usual), 2_000);
  assert.equal(tickFor(lasting(215, 1_800_000), usual), 5_000);
  assert.equal(tickFor(lasting(1_000, 1_800_000), usual), 5_000, 'never longer');
  assert.equal(tickFor(lasting(215, 60_000), usual), 1_000, 'it has minutes to tell of');
});

test('where a start takes seconds, a tick is a small part of it, as long as that is not too many of them', () => {
  const hour = lasting(1 / 24, 1_000);
  assert.equal(tickFor(hour, usual), 1_000);
  assert.equal(tickFor(hour, starting(19_000)), 500);
  assert.equal(tickFor(hour, starting(3_200)), 100);
  assert.equal(tickFor(hour, starting(200)), 50, 'none is finer');
  assert.equal(tickFor(lasting(2, 10_000), starting(3_200)), 500, 'the finest there is time for');
  assert.equal(tickFor(lasting(14, 60_000), starting(3_200)), 1_000);
});
