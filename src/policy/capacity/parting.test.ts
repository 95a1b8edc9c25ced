import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createParting } from './parting.ts';

test('what held lies below what did not', () => {
  const parting = createParting();
  parting.good(50, 100, 60);
  parting.good(100, 200, 60);
  parting.bad(140, 30);
  parting.settle();
  const { held, violatedRps } = parting.read();
  assert.ok(Math.abs((held?.rps as number) - 100) < 1e-9);
  assert.ok(Math.abs((held?.latencyMs as number) - 200) < 1e-9);
  assert.ok(Math.abs((violatedRps as number) - 140) < 1e-9);
});

test('a few bad seconds below what held for long are chance; many are not', () => {
  const parting = createParting();
  parting.good(100, 200, 600);
  parting.bad(60, 10);
  assert.equal(Math.round(parting.read().held?.rps ?? 0), 100);
  parting.bad(60, 115);
  assert.equal(parting.read().held, null);
  assert.equal(Math.round(parting.read().violatedRps ?? 0), 60);
});

test('a bad second counts as five good ones', () => {
  const parting = createParting();
  parting.good(100, 200, 100);
  parting.bad(100, 15);
  assert.equal(parting.read().violatedRps, null);
  parting.bad(100, 10);
  assert.equal(Math.round(parting.read().violatedRps ?? 0), 100);
});

test('what is on trial can be taken back', () => {
  const parting = createParting();
  parting.good(100, 200, 60);
  parting.bad(80, 60);
  assert.equal(parting.read().held, null);
  parting.retract();
  assert.equal(Math.round(parting.read().held?.rps ?? 0), 100);
  parting.bad(80, 60);
  parting.settle();
  parting.retract();
  assert.equal(parting.read().held, null, 'settled is settled');
});

test('what was seen is forgotten over hours, and mostly with a deploy', () => {
  const parting = createParting();
  parting.good(100, 200, 600);
  parting.age(2 * 3600);
  assert.equal(Math.round(parting.read().held?.seconds ?? 0), 300);
  parting.doubt();
  assert.equal(Math.round(parting.read().held?.seconds ?? 0), 15);
  parting.bad(60, 30);
  assert.equal(Math.round(parting.read().violatedRps ?? 0), 60);
});

test('rates that no service has are put into the outermost bins', () => {
  const parting = createParting();
  parting.good(0, 1, 60);
  assert.equal(parting.read().held?.rps, 0);
  parting.good(1e12, 1, 60);
  assert.ok((parting.read().held?.rps as number) > 1e11);
});
