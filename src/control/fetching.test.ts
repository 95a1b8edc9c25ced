import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { fakeBooks } from '../../test/support/fake-books.ts';
import { until } from '../../test/support/until.ts';
import { createWorld } from './fixtures/world.ts';

const config = (drain: string) => ({
  gateway: { routes: [{ path: '/', service: 'web' }] },
  services: {
    web: { command: 'web' },
    worker: {
      command: 'worker',
      drain,
      update: { maxSurge: 1 },
      scale: { min: 1, max: 3, interval: '100ms' },
    },
  },
  tasks: { queues: { jobs: { service: 'worker', delivery: 'pull', timeout: '30s' } } },
});

/** What SIGTERM left every replica before they fetched for themselves. */
const FORMER_GRACE_MS = 10_000;

/** A worker that has something to finish when it is told to end, until `finish` is called. */
async function scene(t: TestContext, drain = '60s') {
  const world = await createWorld(t, config(drain), { openBooks: fakeBooks('jobs').open });
  await world.ready('worker', 1);
  const { promise, resolve: finish } = Promise.withResolvers<void>();
  const notes: string[] = [];
  world.control.onEvent((event) => {
    if (event.kind === 'replica' && event.code) notes.push(`${event.replica} ${event.code}`);
  });
  const stateOf = (id: string) =>
    world.service('worker')?.replicas.find((replica) => replica.id === id)?.state;
  return {
    world,
    finish,
    notes,
    stateOf,
    works: () => void (world.behaviour.finishing = promise),
    told: (id: string) => until(`${id} is told`, () => world.seen.stopped.includes(id)),
    /** Until so much of the world's time is over, which runs faster than ours. */
    later: (ms: number) => {
      const from = world.clock.now();
      return until(`${ms} ms later`, () => world.clock.now() - from > ms);
    },
  };
}

test('who fetches its work has its drain to finish it when the count goes down, out of the gateway', async (t) => {
  const { world, works, told, later, finish, notes, stateOf } = await scene(t);
  world.control.scale('worker', { kind: 'absolute', count: 2 });
  await world.ready('worker', 2);
  works();
  world.control.scale('worker', { kind: 'absolute', count: 1 });
  await told('worker-2');
  assert.ok(
    !world.gateway.services['worker']?.servers.some(({ replica }) => replica === 'worker-2'),
    'first out of the gateway',
  );
  await later(FORMER_GRACE_MS + 2_000);
  assert.ok(world.running().includes('worker-2'));
  assert.equal(stateOf('worker-2'), 'draining');
  finish();
  await until('it is gone', () => stateOf('worker-2') === undefined);
  assert.deepEqual(notes, []);
});

test('who has not ended when its drain is over is killed, and that is told', async (t) => {
  const { world, works, notes, stateOf } = await scene(t, '12s');
  world.control.scale('worker', { kind: 'absolute', count: 2 });
  await world.ready('worker', 2);
  works();
  world.control.scale('worker', { kind: 'absolute', count: 1 });
  await until('it is gone', () => stateOf('worker-2') === undefined);
  assert.ok(!world.running().includes('worker-2'));
  assert.deepEqual(notes, ['worker-2 DRAIN_OVER']);
});

test('a restart is done while the old one still works; the next control plane goes on with its drain', async (t) => {
  const { world, works, told, finish, stateOf } = await scene(t);
  works();
  const done = await world.end(await world.control.restart('worker'));
  assert.equal(done.state, 'done');
  await told('worker-1');
  assert.equal(stateOf('worker-1'), 'draining');

  await world.killed(config('60s'));
  await until('it is told again', () => {
    return world.seen.stopped.filter((id) => id === 'worker-1').length === 2;
  });
  assert.ok(world.running().includes('worker-1'));
  assert.equal(stateOf('worker-1'), 'draining');
  finish();
  await until('it is gone', () => stateOf('worker-1') === undefined);
});

test('so it does where the service has been taken out', async (t) => {
  const { world, works, told, later, finish, stateOf } = await scene(t);
  works();
  const { gateway, services } = config('60s');
  const without = { gateway, services: { web: services.web } };
  world.write(without);
  await world.end(await world.control.deploy(null));
  await told('worker-1');

  await world.killed(without);
  await until('it is told again', () => {
    return world.seen.stopped.filter((id) => id === 'worker-1').length === 2;
  });
  await later(FORMER_GRACE_MS + 2_000);
  assert.ok(world.running().includes('worker-1'));
  finish();
  await until('it is gone', () => stateOf('worker-1') === undefined);
});

test('down tells the dispatcher first, then those that fetch, and waits for them while the gateway serves', async (t) => {
  const { world, works, told, later, finish } = await scene(t);
  await world.ready('tidegate-tasks', 1);
  await world.ready('tidegate-dispatch', 1);
  works();
  const down = world.control.shutDown(new AbortController().signal);
  await told('worker-1');
  await later(FORMER_GRACE_MS + 2_000);
  assert.deepEqual(world.seen.stopped, ['tidegate-dispatch-1', 'worker-1']);
  assert.ok(world.running().includes('worker-1'));
  assert.equal(world.serving('tidegate-tasks').length, 1, 'what it has done is taken');
  finish();
  await down;
  const after = world.seen.stopped.slice(2);
  assert.equal(after[0], 'the gateway');
  assert.deepEqual(world.running(), []);
});

test('down in a hurry waits for nobody', async (t) => {
  const { world, works, told } = await scene(t, '10h');
  works();
  const hurry = new AbortController();
  const down = world.control.shutDown(hurry.signal);
  await told('worker-1');
  hurry.abort();
  await down;
  assert.deepEqual(world.running(), []);
});
