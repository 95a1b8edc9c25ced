import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createStartup } from './startup.ts';

test('nothing is known before one was seen to start', () => {
  assert.equal(createStartup().read(), null);
});

test('typical is the middle start, slow all but one in twenty', () => {
  const startup = createStartup();
  for (let each = 1; each <= 20; each++) startup.replicaStarted(0, each * 1_000);
  assert.deepEqual(startup.read(), { typicalMs: 10_000, slowMs: 19_000 });
});

test('a program that starts faster than it did is believed after a hundred starts', () => {
  const startup = createStartup();
  for (let each = 0; each < 100; each++) startup.replicaStarted(0, 60_000);
  for (let each = 0; each < 100; each++) startup.replicaStarted(0, 2_000);
  startup.replicaStarted(0, Number.NaN);
  assert.deepEqual(startup.read(), { typicalMs: 2_000, slowMs: 2_000 });
});

test('a few dozen quick starts do not hide that some were slow lately', () => {
  const startup = createStartup();
  for (let each = 0; each < 20; each++) startup.replicaStarted(0, 60_000);
  for (let each = 0; each < 50; each++) startup.replicaStarted(0, 2_000);
  assert.deepEqual(startup.read(), { typicalMs: 2_000, slowMs: 60_000 });
});
