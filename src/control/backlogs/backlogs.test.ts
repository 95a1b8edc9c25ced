import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { fakeBooks } from '../../../test/support/fake-books.ts';
import { until } from '../../../test/support/until.ts';
import { createWorld } from '../fixtures/world.ts';

const CONFIG = {
  services: {
    worker: {
      command: 'worker',
      scale: {
        min: 0,
        max: 3,
        policy: 'target',
        target: { drainTime: '30s' },
        interval: '100ms',
        window: '1s',
        sleepAfter: '1s',
        cooldown: { up: '0s', down: '1s' },
      },
    },
  },
  tasks: { queues: { default: { service: 'worker', path: '/run' } } },
};

async function scene(t: TestContext, config: object = CONFIG) {
  const books = fakeBooks('default');
  const world = await createWorld(t, config, { openBooks: books.open });
  world.behaviour.requests = 0;
  return { books, world };
}

test('tasks wake a service that sleeps, the queue is in the status, and it sleeps again when all is done', async (t) => {
  const { books, world } = await scene(t);
  await until('the books were read', () => world.control.view().tasks.queues[0]?.sent === 7);
  assert.equal(world.control.view().tasks.url?.endsWith('/tasks'), true);
  assert.equal(world.service('worker')?.desired, 0);
  books.depth.later = 3;
  await books.read();
  assert.equal(world.service('worker')?.desired, 0, 'queued for later');

  books.depth.waiting = 40;
  await world.ready('worker', 1);
  const decisions = world.control.decisions('worker', { last: 20 });
  assert.ok(
    decisions.some(({ reasons }) =>
      reasons.some((each) => each.kind === 'wake' && each.for === 'tasks'),
    ),
  );
  const [queue] = world.control.view().tasks.queues;
  assert.deepEqual([queue?.name, queue?.service, queue?.waiting], ['default', 'worker', 40]);
  await until(
    'the signal is there',
    () => world.service('worker')?.snapshot?.stable.backlog.kind === 'value',
  );
  books.depth.waiting = 0;
  await until('it sleeps', () => world.service('worker')?.desired === 0);
});

test('schedules tell their next moment, and the one that was sent last', async (t) => {
  const yearly = { cron: '0 0 1 1 *', queue: 'default' };
  const tasks = { ...CONFIG.tasks, schedules: { yearly } };
  const { books, world } = await scene(t, { ...CONFIG, tasks });
  const sent = Date.parse('2020-01-01T00:00:00.000Z');
  books.sentFor.set('yearly', sent);
  const shown = await until('it was read', () =>
    world.control.view().tasks.schedules.find(({ lastAt }) => lastAt === sent),
  );
  assert.deepEqual([shown.name, shown.queue, shown.timezone], ['yearly', 'default', 'UTC']);
  assert.match(new Date(shown.nextAt ?? 0).toISOString(), /-01-01T00:00:00\.000Z$/);
});

test('while the books do not answer nothing is zero: nobody wakes, nobody goes, and it says so', async (t) => {
  const { books, world } = await scene(t);
  books.depth.waiting = 40;
  await world.ready('worker', 1);
  books.failure = new Error('connect ECONNREFUSED');
  await until('it is told', () => world.control.view().tasks.problem);
  await until(
    'the signal is missing',
    () => world.service('worker')?.snapshot?.stable.backlog.kind === 'missing',
  );
  const before = world.seen.looks;
  await until('many looks later', () => world.seen.looks > before + 10);
  assert.equal(world.service('worker')?.desired, 1);
  await assert.rejects(world.control.tasks.list({}), /ECONNREFUSED/);
  books.failure = null;
  books.depth.waiting = 0;
  await until('it answers', () => world.control.view().tasks.problem === null);
  await until('it sleeps', () => world.service('worker')?.desired === 0);
});

test('pull workers stay while they hold leases', async (t) => {
  const queues = { default: { service: 'worker', delivery: 'pull' } };
  const { books, world } = await scene(t, { ...CONFIG, tasks: { queues } });
  books.depth.waiting = 1;
  await world.ready('worker', 1);
  Object.assign(books.depth, { waiting: 0, running: 1 });
  await books.read();
  const before = world.seen.looks;
  await until('many looks later', () => world.seen.looks > before + 10);
  assert.equal(world.service('worker')?.desired, 1);
  books.depth.running = 0;
  await until('it sleeps', () => world.service('worker')?.desired === 0);
});

test('a queue that cannot be drained is an incident once, a problem in the status, and remembered', async (t) => {
  const { books, world } = await scene(t);
  Object.assign(books.depth, { waiting: 100_000 });
  await world.ready('worker', 1);
  books.perLook = 3;
  const problem = await until('it is told', () => world.control.view().tasks.queues[0]?.problem);
  assert.match(
    problem,
    /^What waits for worker would take .* with the 3 replicas it may have \(scale\.max\); the target is 30 s\.$/,
  );
  const codes = (): readonly string[] =>
    world.store.incidents.list('worker', 0, Infinity, 50).map(({ code }) => code);
  assert.equal(codes().filter((code) => code === 'QUEUE_BEHIND').length, 1);
  const decision = world.service('worker')?.lastDecision;
  assert.equal(decision?.binding, 'max');
  assert.ok(
    [...(decision?.lately ?? []), ...(decision?.reasons ?? [])].some(
      ({ kind }) => kind === 'too-slow',
    ),
  );
  books.perLook = 0;
  books.depth.waiting = 0;
  await until('it has caught up', () => codes().includes('QUEUE_CAUGHT_UP'));
  assert.equal(world.control.view().tasks.queues[0]?.problem, null);
});

test('whoever delivers is told of the end before the gateway breaks a delivery off', async (t) => {
  const { world } = await scene(t);
  await world.ready('tidegate-dispatch', 1);
  const [dispatcher] = world.running().filter((id) => id.startsWith('tidegate-dispatch-'));
  await world.control.shutDown(new AbortController().signal);
  const { stopped } = world.seen;
  assert.ok(dispatcher && stopped.indexOf(dispatcher) !== -1);
  assert.ok(stopped.indexOf(dispatcher) < stopped.indexOf('the gateway'), stopped.join());
});

test('a queue of others wakes as well; the service has no tasks', async (t) => {
  const other = { length: 0, closed: 0 };
  const { worker } = CONFIG.services;
  const scale = { ...worker.scale, target: { backlog: 10 } };
  const signals = { backlog: { http: 'http://127.0.0.1:9/depth' } };
  const world = await createWorld(
    t,
    { services: { worker: { ...worker, scale, signals } } },
    {
      openForeign: () => ({
        length: async () => other.length,
        close: async () => void other.closed++,
      }),
    },
  );
  world.behaviour.requests = 0;
  await until(
    'it was asked',
    () => world.service('worker')?.snapshot?.stable.backlog.kind === 'value',
  );
  assert.equal(world.service('worker')?.desired, 0);
  other.length = 25;
  await world.ready('worker', 3);
  assert.deepEqual(world.control.view().tasks, {
    url: null,
    problem: null,
    queues: [],
    schedules: [],
  });
  await assert.rejects(world.control.tasks.list({}), { code: 'NO_TASKS' });
  other.length = 0;
  await until('it sleeps', () => world.service('worker')?.desired === 0);
  await world.control.leave();
  assert.equal(other.closed, 1);
});
