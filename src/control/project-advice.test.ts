import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createWorld } from './fixtures/world.ts';

const config = (max: number, command = 'x') => ({
  services: { api: { command, scale: { min: 1, max, interval: '100ms' } } },
});

test('an edit is noted when it is made, whenever advice is asked for, and one that is rolled back is none', async (t) => {
  const world = await createWorld(t, config(3));
  const since = () =>
    (world.store.facts.get('advice-since') as { api: { at: number } } | null)?.api.at;
  assert.equal(since(), 0);
  world.write(config(5));
  const before = world.clock.now();
  assert.equal((await world.end(await world.control.deploy(null))).state, 'done');
  const noted = since() ?? 0;
  assert.ok(noted >= before && noted <= world.clock.now());
  world.behaviour.broken.add('y');
  world.write(config(5, 'y'));
  const failed = await world.end(await world.control.deploy(null));
  assert.equal(failed.state, 'rolled-back');
  assert.equal(since(), noted);
});
