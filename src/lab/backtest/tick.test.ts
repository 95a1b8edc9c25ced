import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tickFor } from './tick.ts';

const lasting = (days: number, stepMs: number) => ({
  name: 'x',
  stepMs,
  rps: new Float64Array((days * 86_400_000) / stepMs),
});

test('a tick is a second, and longer where a long trace has steps of five minutes and more', () => {
  assert.equal(tickFor(lasting(14, 300_000)), 1_000);
  assert.equal(tickFor(lasting(55, 300_000)), 2_000);
  assert.equal(tickFor(lasting(87, 900_000)), 2_000);
  assert.equal(tickFor(lasting(215, 1_800_000)), 5_000);
  assert.equal(tickFor(lasting(1_000, 1_800_000)), 5_000, 'never longer');
  assert.equal(tickFor(lasting(215, 60_000)), 1_000, 'it has minutes to tell of');
});
