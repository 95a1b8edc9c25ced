import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from '../../test/support/until.ts';
import { createWorld } from './fixtures/world.ts';

const api = (command: string, more: object = {}) => ({
  command,
  health: { startup: '10m' },
  scale: { min: 2, max: 8, interval: '100ms' },
  ...more,
});
const config = (command: string, more: object = {}) => ({ services: { api: api(command, more) } });

test('a gateway that takes nothing new keeps the old replicas: nobody is replaced by one it does not know', async (t) => {
  const world = await createWorld(t, config('old'));
  await world.ready('api', 2);
  world.write(config('new'));
  let release = (): void => undefined;
  world.behaviour.held.set('new', new Promise((resolve) => (release = resolve)));
  const begun = await world.control.deploy(null);
  await until('a substitute starts', () => world.seen.started.length === 3);
  world.behaviour.deaf = true;
  release();
  await until('it is ready', () =>
    world.store.replicas.live().some(({ id, state }) => id === 'api-3' && state === 'ready'),
  );
  const shown = () => world.service('api')?.replicas.find(({ id }) => id === 'api-3')?.state;
  assert.equal(shown(), 'starting', 'it takes no traffic');
  const looks = world.seen.looks + 60;
  await until('three seconds of the world go by', () => world.seen.looks > looks);
  assert.deepEqual(world.serving('api'), ['old', 'old']);
  assert.ok(!world.seen.stopped.includes('api-1') && !world.seen.stopped.includes('api-2'));

  world.behaviour.deaf = false;
  assert.equal((await world.end(begun)).state, 'done');
  assert.deepEqual(world.serving('api'), ['new', 'new']);
});
