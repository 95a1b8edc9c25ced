import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from '../../test/support/until.ts';
import { createWorld } from './fixtures/world.ts';

const config = (maxReplicas: number) => ({
  host: { maxReplicas },
  gateway: {
    routes: [
      { path: '/a', service: 'api' },
      { path: '/*', service: 'web' },
    ],
  },
  services: {
    api: { command: 'api', scale: { min: 0, interval: '100ms' } },
    web: { command: 'web', scale: { min: 1, interval: '100ms' } },
  },
});

test('where the machine has no room for a service that sleeps its requests are refused at once, in words; it wakes when there is', async (t) => {
  const world = await createWorld(t, config(1));
  await world.ready('web', 1);
  const asked = (): string | undefined => world.gateway.services['api']?.sleep?.state;
  assert.equal(asked(), 'asleep');
  world.demand('api');
  await until('it is refused', () => asked() === 'refusing');
  assert.equal(world.gateway.services['api']?.sleep?.retryAfterSeconds, 3);
  assert.equal(world.service('api')?.lastDecision?.binding, 'guard');
  assert.equal(
    world.service('api')?.problem?.message,
    'api was not woken, and its requests are refused: host guard: host.maxReplicas allows 0 replicas.',
  );
  await until('the next is held', () => asked() === 'asleep');
  for (let again = 0; again < 5; again++) world.demand('api');
  const told = world.store.incidents.list('api', 0, Infinity, 10);
  assert.deepEqual(
    told.map(({ code }) => code),
    ['NO_ROOM'],
    'once',
  );

  world.write(config(2));
  await world.end(await world.control.deploy(null));
  world.behaviour.requests = 0;
  world.demand('api');
  await world.ready('api', 1);
  assert.equal(world.service('api')?.problem, null);
});
