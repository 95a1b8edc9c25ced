import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from '../../../test/support/until.ts';
import { createWorld } from '../fixtures/world.ts';

const config = (...alerts: readonly object[]) => ({
  services: { api: { command: 'x', scale: { min: 1, max: 1, interval: '100ms' } } },
  alerts: [{ defaults: false }, ...alerts],
});
const notify = 'https://hooks.example.org/x';
const there = { when: 'api.replicas >= 1', notify };
const both = { when: 'api.replicas < 5', notify };

test('a deployment changes alerts while they fire, and another control plane tells nothing twice', async (t) => {
  const told: string[] = [];
  const alertPost = () => async (message: { readonly body: string }) => {
    const { text } = JSON.parse(message.body) as { text: string };
    told.push(text.replace(/^(\S+).*?: api: /, '$1 '));
    return 204;
  };
  const world = await createWorld(t, config(there), { alertPost });
  const states = () => world.control.view().alerts.map(({ id, state }) => `${state} ${id}`);
  await until('it fires', () => states().includes('firing api.replicas >= 1'));

  world.write(config(both));
  const ended = await world.end(await world.control.deploy(null));
  assert.deepEqual([ended.state, ended.changes], ['done', ['alerts']]);
  const changed = ['firing api.replicas < 5', 'resolved api.replicas >= 1'];
  await until('the other one fires', () => states().join() === changed.join());
  assert.deepEqual(world.control.incidents('api', 0, world.clock.now(), 10).length, 3);

  await until('all is told', () => told.length === 3);
  await world.killed(config(both));
  const looks = world.seen.looks;
  await until('it was looked at again', () => world.seen.looks > looks + 5);
  assert.deepEqual(states(), changed);
  assert.deepEqual(told, [
    '[firing] ready replicas 1 are at or above 1',
    '[firing] ready replicas 1 are below 5',
    '[resolved] whether ready replicas are at or above 1 is not watched any more',
  ]);
});
