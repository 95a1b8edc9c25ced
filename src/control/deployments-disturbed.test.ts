import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from '../../test/support/until.ts';
import { config, times } from './fixtures/four-replicas.ts';
import { createWorld } from './fixtures/world.ts';

test('a restart replaces every replica by one of the same revision', async (t) => {
  const world = await createWorld(t, config('old'));
  await world.ready('api', 4);
  const revision = world.service('api')?.revision;
  const ended = await world.end(await world.control.restart('api'));
  assert.equal(ended.state, 'done', ended.problem ?? '');
  assert.deepEqual(ended.changes, []);
  await world.ready('api', 4);
  assert.deepEqual(
    world.gateway.services['api']?.servers.map(({ replica }) => replica),
    ['api-5', 'api-6', 'api-7', 'api-8'],
  );
  assert.equal(world.service('api')?.revision, revision);
  assert.equal(world.seen.started.length, 8);
});

test('while replicas of two health paths serve, a connection that opens is healthy', async (t) => {
  const world = await createWorld(t, config('old', { health: { path: '/old', startup: '10m' } }));
  await world.ready('api', 4);
  world.seen.states.length = 0;
  world.write(config('old', { health: { path: '/new', startup: '10m' } }));
  const ended = await world.end(await world.control.deploy(null));
  assert.equal(ended.state, 'done', ended.problem ?? '');
  const paths = world.seen.states.map((state) => state.services['api']?.spec.health.path);
  assert.deepEqual([...new Set(paths)], [null, '/new']);
});

test('a service that sleeps shows once that its new revision comes up, and sleeps on', async (t) => {
  const asleep = (command: string) => config(command, { scale: { min: 0, interval: '100ms' } });
  const world = await createWorld(t, asleep('old'));
  world.behaviour.requests = 0;
  world.write(asleep('new'));
  const ended = await world.end(await world.control.deploy(null));
  assert.equal(ended.state, 'done', ended.problem ?? '');
  assert.deepEqual(world.seen.started, ['api-1']);
  assert.match(
    ended.steps[0]?.text ?? '',
    /^api: the new revision came up as a trial; it sleeps on/,
  );
  const restarted = await world.end(await world.control.restart('api'));
  assert.match(restarted.steps[0]?.text ?? '', /^api: a new replica came up as a trial/);
  await until('it sleeps', () => world.serving('api').length === 0);

  world.behaviour.broken.add('newer');
  world.write(asleep('newer'));
  const broken = await world.end(await world.control.deploy(null));
  assert.equal(broken.state, 'rolled-back');
});

test('a service in a crash loop is cured by a revision that works', async (t) => {
  const world = await createWorld(t, config('old'));
  await world.ready('api', 4);
  world.behaviour.broken.add('old');
  for (const { id } of world.service('api')?.replicas ?? []) world.die(id);
  await until('nobody serves', () => world.serving('api').length === 0);
  world.write(config('new'));
  const ended = await world.end(await world.control.deploy(null));
  assert.equal(ended.state, 'done', ended.problem ?? '');
  await world.ready('api', 4);
  assert.deepEqual(world.serving('api'), times(4, 'new'));
});

test('an old replica that dies while the first new ones start is replaced by an old one', async (t) => {
  const world = await createWorld(t, config('old'));
  await world.ready('api', 4);
  const held = Promise.withResolvers<void>();
  world.behaviour.held.set('new', held.promise);
  world.write(config('new'));
  const begun = await world.control.deploy(null);
  await until('the first of the new starts', () => world.seen.started.includes('api-5'));
  world.die('api-1');
  await until('another old one serves', () =>
    world.gateway.services['api']?.servers.some(({ replica }) => replica === 'api-6'),
  );
  assert.deepEqual(world.serving('api'), times(4, 'old'));
  held.resolve();
  const ended = await world.end(begun);
  assert.equal(ended.state, 'done', ended.problem ?? '');
  assert.deepEqual(world.serving('api'), times(4, 'new'));
});

test('a newcomer that dies while it is watched turns the deployment back', async (t) => {
  const world = await createWorld(t, config('old'));
  await world.ready('api', 4);
  world.write(config('new'));
  const begun = await world.control.deploy(null);
  await until('the first of the new serves', () => world.serving('api').includes('new'));
  world.die('api-5');
  const ended = await world.end(begun);
  assert.equal(ended.state, 'rolled-back');
  assert.match(ended.problem ?? '', /api-5 exited with code 1/);
  assert.deepEqual(world.serving('api'), times(4, 'old'));
});

test('scaling is frozen and said to be while a service is deployed', async (t) => {
  const world = await createWorld(t, config('old'));
  await world.ready('api', 4);
  world.write(config('new'));
  const begun = await world.control.deploy(null);
  world.control.scale('api', { kind: 'absolute', count: 6 });
  await until(
    'it is decided so',
    () => world.service('api')?.lastDecision?.binding === 'deploying',
  );
  assert.equal(world.service('api')?.deploying, true);
  assert.equal(world.service('api')?.desired, 4);
  await world.end(begun);
  await world.ready('api', 6);
  assert.deepEqual(world.serving('api'), times(6, 'new'));
});

test('the bounds of the machine change at once', async (t) => {
  const scale = { min: 4, max: 8, interval: '100ms', policy: 'target', target: { rps: 20 } };
  const bounded = (maxReplicas: number) => ({ ...config('old', { scale }), host: { maxReplicas } });
  const world = await createWorld(t, bounded(4));
  await world.ready('api', 4);
  await until('the machine allows no more', () => {
    return world.service('api')?.lastDecision?.binding === 'guard';
  });
  world.write(bounded(6));
  const ended = await world.end(await world.control.deploy(null));
  assert.equal(ended.state, 'done', ended.problem ?? '');
  await world.ready('api', 6);
});

test('a drain that lasts holds nothing up until twice the surge drain, and then bounds what runs', async (t) => {
  const world = await createWorld(t, config('old', { drain: '30m' }));
  await world.ready('api', 4);
  world.behaviour.busy = true;
  world.write(config('new', { drain: '30m' }));
  const begun = await world.control.deploy(null);
  const steps = (): number => world.control.deployment(begun?.id ?? 0)?.steps.length ?? 0;
  await until('three are replaced and drain', () => steps() === 3);
  let looks = 0;
  world.control.onEvent(({ kind }) => void (kind === 'tick' && looks++));
  await until('some looks go by', () => looks >= 5);
  assert.deepEqual(world.seen.started.slice(4), ['api-5', 'api-6', 'api-7'], 'it waits');
  world.behaviour.busy = false;
  assert.equal((await world.end(begun)).state, 'done');
});
