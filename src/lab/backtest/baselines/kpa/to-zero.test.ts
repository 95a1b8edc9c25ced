import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createToZero } from './to-zero.ts';

const SECOND = 1_000;
/** The activator is out of the path while there is much to spare. */
const SPARE = 50;
const SCARCE = -200;

test('while there is load, or nothing to give up, it changes nothing', () => {
  const toZero = createToZero();
  assert.equal(toZero.reconcile(0, 5, 3, 3, SPARE), 5);
  assert.equal(createToZero().reconcile(0, 0, 0, 0, SPARE), 0);
});

test('it stays at one until it was active for a stable window', () => {
  const toZero = createToZero();
  toZero.reconcile(0, 3, 3, 3, SPARE);
  assert.equal(toZero.reconcile(30 * SECOND, 0, 3, 3, SPARE), 1);
  assert.equal(toZero.reconcile(58 * SECOND, 0, 1, 1, SPARE), 1);
});

test('with the activator in the path for long it goes at the next look', () => {
  const toZero = createToZero();
  toZero.reconcile(0, 3, 3, 3, SCARCE);
  assert.equal(toZero.reconcile(100 * SECOND, 0, 3, 3, SCARCE), 3, 'inactive, the pods stay');
  assert.equal(toZero.reconcile(102 * SECOND, 0, 3, 3, SCARCE), 0);
});

test('otherwise the activator must be in the path for the grace period first', () => {
  const toZero = createToZero();
  toZero.reconcile(0, 3, 3, 3, SPARE);
  const gone = [];
  for (let now = 100; now <= 140; now += 2) {
    if (toZero.reconcile(now * SECOND, 0, 3, 3, SPARE) === 0) gone.push(now);
  }
  assert.equal(gone[0], 130);
});

test('load that comes back makes it active again', () => {
  const toZero = createToZero();
  toZero.reconcile(0, 1, 1, 1, SPARE);
  toZero.reconcile(100 * SECOND, 0, 1, 1, SPARE);
  assert.equal(toZero.reconcile(120 * SECOND, 1, 1, 1, SPARE), 1);
  assert.equal(toZero.reconcile(122 * SECOND, 0, 1, 1, SPARE), 1, 'active for two seconds');
});

test('what is still activating is not given up', () => {
  const toZero = createToZero();
  toZero.reconcile(0, 1, 0, 0, SCARCE);
  assert.equal(toZero.reconcile(90 * SECOND, 0, 1, 0, SCARCE), 1);
});
