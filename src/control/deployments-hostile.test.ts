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
  const [from, looks] = [world.clock.now(), world.seen.looks];
  await until(
    'half a minute of the world goes by, and some looks',
    () => world.clock.now() - from > 30_000 && world.seen.looks > looks + 5,
  );
  assert.deepEqual(world.serving('api'), ['old', 'old']);
  assert.ok(!world.seen.stopped.includes('api-1') && !world.seen.stopped.includes('api-2'));

  world.behaviour.deaf = false;
  assert.equal((await world.end(begun)).state, 'done');
  assert.deepEqual(world.serving('api'), ['new', 'new']);
});

/** `api` and `web`, each with a program and bounds of its own. */
const two = (command: string, scale: object = {}) => ({
  gateway: {
    routes: [
      { path: '/a', service: 'api' },
      { path: '/*', service: 'web' },
    ],
  },
  services: {
    api: api(command, { scale: { min: 2, max: 8, interval: '100ms', ...scale } }),
    web: api(`${command} web`),
  },
});

test('going back is going back to the counts, too: narrower bounds leave neither a pin nor a count behind', async (t) => {
  const world = await createWorld(t, two('old'));
  world.control.scale('api', { kind: 'absolute', count: 6 });
  await world.ready('api', 6);
  world.seen.states.length = 0;
  const held = Promise.withResolvers<void>();
  world.behaviour.held.set('new web', held.promise);
  world.behaviour.broken.add('new web');
  world.write(two('new', { max: 3 }));
  const begun = await world.control.deploy(null);
  await until('web is next', () => world.seen.started.some((id) => id === 'web-3'));
  await world.ready('api', 3);
  assert.equal(world.service('api')?.pinned, 3);
  held.resolve();
  assert.equal((await world.end(begun)).state, 'rolled-back');
  assert.equal(world.service('api')?.desired, 6);
  assert.equal(world.service('api')?.pinned, 6);
  await world.ready('api', 6);
});

test('a service that was taken out comes back when what is in force cannot be written down', async (t) => {
  const world = await createWorld(t, two('old'));
  await world.ready('web', 2);
  t.mock.method(world.store.facts, 'set', () => {
    throw new Error('the disk is full');
  });
  world.write(config('old', { scale: { min: 2, max: 8, interval: '100ms' } }));
  const ended = await world.end(await world.control.deploy(null));
  assert.equal(ended.state, 'rolled-back');
  assert.match(ended.problem ?? '', /disk is full/);
  await world.ready('web', 2);
});

test('after a reboot nothing of an interrupted deployment is left, nor after a crash that follows', async (t) => {
  const world = await createWorld(t, config('old'));
  await world.ready('api', 2);
  world.write(config('new'));
  await world.control.deploy(null);
  await until('one is replaced', () => world.control.view().deployment?.steps.length === 1);
  await world.killed(config('new'), { reboot: true });
  assert.equal(world.control.view().deployment, null);
  await world.ready('api', 2);
  await world.killed(config('new'));
  assert.equal(world.control.view().deployment, null);
  await world.end(await world.control.restart('api'));
});

test('an interrupted deployment that nobody wants any more is over', async (t) => {
  const world = await createWorld(t, two('old'));
  await world.ready('api', 2);
  world.write(two('new'));
  const begun = await world.control.deploy(null);
  await until('one is replaced', () => world.control.view().deployment?.steps.length === 1);
  await world.control.interrupt(begun?.id ?? 0);
  assert.equal(world.control.view().deployment?.state, 'interrupted');
  await assert.rejects(
    world.control.restart('web'),
    /stands still half done.*api: 1 of 2 replaced/,
  );
  await world.end(await world.control.rollback('api'));
  world.write(two('old'));
  assert.equal(await world.control.deploy(null), null);
  await world.killed(two('old'));
  assert.equal(world.control.view().deployment, null);
});

test('one that was interrupted before anything was replaced is over, and others may begin', async (t) => {
  const world = await createWorld(t, two('old'));
  await world.ready('web', 2);
  world.behaviour.held.set('new', new Promise(() => undefined));
  world.write(two('new'));
  const begun = await world.control.deploy(null);
  await until('a substitute starts', () => world.seen.started.includes('api-3'));
  const interrupted = await world.control.interrupt(begun?.id ?? 0);
  assert.equal(interrupted.state, 'interrupted');
  assert.match(interrupted.problem ?? '', /before anything was replaced/);
  assert.equal(world.control.view().deployment, null);
  assert.equal((await world.end(await world.control.restart('web'))).state, 'done');
  assert.deepEqual(world.serving('api'), ['old', 'old']);

  world.behaviour.held.delete('new');
  assert.equal((await world.end(await world.control.deploy(null))).state, 'done');
  assert.deepEqual(world.serving('api'), ['new', 'new']);
});

test('a newcomer of an earlier batch that dies turns the deployment back, whoever stands in for it', async (t) => {
  const world = await createWorld(t, config('old'));
  await world.ready('api', 2);
  world.write(config('new'));
  const begun = await world.control.deploy(null);
  await until('one is replaced', () => world.control.view().deployment?.steps.length === 1);
  world.die('api-3');
  const ended = await world.end(begun);
  assert.equal(ended.state, 'rolled-back', ended.problem ?? '');
  assert.match(ended.problem ?? '', /api-3 exited with code 1/);
  await until('the old ones serve', () => world.serving('api').join() === 'old,old');
});

test('a newcomer that dies after the last batch, while another service is deployed, turns all back', async (t) => {
  const world = await createWorld(t, two('old'));
  await world.ready('web', 2);
  world.behaviour.held.set('new web', new Promise(() => undefined));
  world.write(two('new'));
  const begun = await world.control.deploy(null);
  await until('web is next', () => world.seen.started.includes('web-3'));
  world.die('api-4');
  assert.equal((await world.end(begun)).state, 'rolled-back');
  await until('the old ones serve', () => world.serving('api').join() === 'old,old');
});

test('after the last batch the newcomers are watched once more before it is done', async (t) => {
  const world = await createWorld(t, config('old', { scale: { min: 1, interval: '100ms' } }));
  await world.ready('api', 1);
  world.write(config('new', { scale: { min: 1, interval: '100ms' } }));
  const begun = await world.control.deploy(null);
  await until('all is replaced', () => world.control.view().deployment?.steps.length === 1);
  world.die('api-2');
  const ended = await world.end(begun);
  assert.equal(ended.state, 'rolled-back');
  await until('the old one serves', () => world.serving('api').join() === 'old');
});

test('where no request came in, nobody has seen how it answers, and that is said', async (t) => {
  const world = await createWorld(t, config('old'));
  await world.ready('api', 2);
  world.behaviour.requests = 0;
  world.write(config('new'));
  const ended = await world.end(await world.control.deploy(null));
  assert.equal(ended.state, 'done', ended.problem ?? '');
  assert.equal(ended.steps.at(-1)?.text, 'api: no request came in while it was watched');
});

test('nobody who ends because everything stops at once is replaced', async (t) => {
  const world = await createWorld(t, config('old'));
  await world.ready('api', 2);
  await world.control.shutDown(AbortSignal.abort());
  assert.deepEqual(world.seen.started, ['api-1', 'api-2']);
  const told = world.store.incidents.list('api', 0, Infinity, 10).map(({ code }) => code);
  assert.deepEqual(told, []);
});

test('a service that sleeps and may not any more is awake before the gateway stops holding its requests', async (t) => {
  const least = (min: number) => config('old', { scale: { min, max: 8, interval: '100ms' } });
  const world = await createWorld(t, least(0));
  world.behaviour.requests = 0;
  await until('it sleeps', () => world.gateway.services['api']?.sleep?.state === 'asleep');
  world.seen.states.length = 0;
  world.write(least(2));
  const ended = await world.end(await world.control.deploy(null));
  assert.equal(ended.state, 'done', ended.problem ?? '');
  const unheld = world.seen.states.find(({ services }) => services['api']?.sleep === null);
  assert.ok(unheld?.services['api']?.servers.some(({ state }) => state === 'ready'));
  await world.ready('api', 2);
});

test('a service that an interrupted deployment would have taken out keeps its check', async (t) => {
  const both = two('old');
  const web = { ...both.services.web, health: { path: '/ok', startup: '10m' } };
  const world = await createWorld(t, { ...both, services: { ...both.services, web } });
  await world.ready('web', 2);
  world.behaviour.held.set('new', new Promise(() => undefined));
  world.write(config('new'));
  const begun = await world.control.deploy(null);
  await world.control.interrupt(begun?.id ?? 0);
  assert.equal(world.gateway.services['web']?.spec.health.path, '/ok');
});
