import assert from 'node:assert/strict';
import { test } from 'node:test';
import { command, problems, resolved, resolvedHere } from './fixtures/resolved.ts';

const queues = { default: { service: 'worker' } };
const services = { worker: { command } };

test('a queue is enough: the rest has defaults, PostgreSQL included', () => {
  const spec = resolved({ services, tasks: { queues } });
  const { queues: _queues, ...tasks } = spec.tasks ?? { queues: {} };
  assert.deepEqual(tasks, {
    path: '/tasks',
    auth: null,
    database: 'tasks',
    schedules: {},
    callbacks: { hosts: [], privateNetworks: false, secret: null },
    workerToken: null,
    bodyLimitBytes: 10 * 2 ** 20,
    resultLimitBytes: 2 ** 20,
    keepMs: 7 * 86_400_000,
    keepFailedMs: 30 * 86_400_000,
  });
  assert.deepEqual(spec.databases, {
    tasks: { name: 'tasks', kind: 'postgres', url: null, implicit: true },
  });
  assert.equal(spec.gateway.routes.at(-1)?.path, '/*', 'the only service still gets everything');
  const result = resolvedHere({ services, tasks: { queues } });
  assert.deepEqual(result.ok && result.unbuilt, []);
});

test('everything of tasks is taken over, files from the folder on', () => {
  const { tasks } = resolved({
    gateway: { jwt: { main: { algorithms: ['HS256'], keys: { env: 'KEY' } } } },
    services,
    tasks: {
      path: '/jobs/v1',
      auth: 'main',
      queues,
      schedules: { nightly: { cron: '0 3 * * *', queue: 'default' } },
      callbacks: ['Hooks.example.org', 'hooks.example.org', '*.example.com'],
      privateCallbacks: true,
      callbackSecret: { file: 'hook' },
      workerToken: { env: 'TOKEN' },
      keepFailed: '90d',
    },
  });
  assert.deepEqual(tasks?.schedules, {
    nightly: { name: 'nightly', queue: 'default', cron: '0 3 * * *', timezone: 'UTC', body: null },
  });
  assert.deepEqual(tasks.callbacks, {
    hosts: ['hooks.example.org', '*.example.com'],
    privateNetworks: true,
    secret: { file: '/srv/My Shop/hook' },
  });
  assert.deepEqual(
    [tasks.path, tasks.auth, tasks.keepFailedMs],
    ['/jobs/v1', 'main', 7_776_000_000],
  );
  assert.deepEqual(tasks.workerToken, { env: 'TOKEN' });
});

test('all that is wrong with tasks is told at once, and no secret', () => {
  const given = (tasks: object) => problems({ services, tasks: { queues, ...tasks } });
  assert.deepEqual(
    given({
      auth: 'main',
      path: '/.tidegate/x',
      bodyLimit: '1GB',
      keep: '1ms',
      privateCallbacks: true,
      callbackSecret: { env: 'HOOK' },
      schedules: {
        a: { cron: '0 25 * * *', queue: 'defualt', timezone: 'Europe/Pari' },
        b: { cron: '* * * * *', queue: 'default', timezone: '+02:00', body: () => 1 },
      },
    }),
    [
      "tasks.schedules.b.timezone: must be a time zone such as 'Europe/Paris' or 'UTC', got \"+02:00\"",
      'tasks.schedules.b.body: must be JSON: text, numbers, true, false, null, lists and objects, got a function',
      'tasks.keep: must be a duration such as \'365d\', at least a second, at most 3650 days, got "1ms"',
      'tasks.path: must not begin with /.tidegate/: the gateway answers there, got "/.tidegate/x"',
      'tasks.bodyLimit: must be at most 100MB, got "1GB"',
      "tasks.schedules.a.cron: must have as hour '*', numbers from 0 to 23, ranges (1-5), steps (*/2, 1-9/2) or a list of these, got '25', got \"0 25 * * *\"",
      "tasks.schedules.a.timezone: must be a time zone such as 'Europe/Paris' or 'UTC', got \"Europe/Pari\"",
      'tasks.schedules.a.queue: must be one of tasks.queues (there is default), got "defualt"; did you mean default?',
      'tasks.privateCallbacks: must stand beside callbacks, which names the hosts',
      'tasks.callbackSecret: must stand beside callbacks, which names the hosts',
      'tasks.auth: must be one of gateway.jwt, got "main"',
    ],
  );
  for (const path of ['/', '/tasks/', '/tasks/*', '/:a', '/a?b', 'tasks', '/a/../b', '/a//b']) {
    assert.match(given({ path }).join(), /^tasks\.path: must be a path such as '\/tasks'/, path);
  }
  assert.match(
    given({
      schedules: { a: { cron: '* * * * *', queue: 'default', body: 'x'.repeat(1e5) } },
    }).join(),
    /tasks\.schedules: .*too long/,
  );
});

test('a body that is no JSON is refused, also one that holds itself', () => {
  const circle: unknown[] = [];
  circle.push(circle);
  for (const body of [circle, 1n, Number.NaN, { a: undefined }, new Date(0), () => 1]) {
    const schedules = { n: { cron: '* * * * *', queue: 'default', body } };
    assert.match(problems({ services, tasks: { queues, schedules } }).join(), /body: must be JSON/);
  }
});

test("names of services of our own are taken, and no route may lie below the tasks' path", () => {
  const taken = problems({ services: { 'tidegate-tasks': { command } } });
  assert.match(taken.join(), /must have another name: .* that takes tasks/);
  const other = problems({ services: { 'tidegate-dispatch': { command } } });
  assert.match(other.join(), /must have another name: .* that delivers tasks/);
  const routes = ['/tasks', '/tasks/x', '/:any/lease', '/*'].map((path) => ({
    path,
    service: 'worker',
  }));
  assert.deepEqual(problems({ gateway: { routes }, services, tasks: { queues } }), [
    'gateway.routes[0].path: must not lie below /tasks: tasks are sent and shown there; choose another, or set tasks.path, got "/tasks"',
    'gateway.routes[1].path: must not lie below /tasks: tasks are sent and shown there; choose another, or set tasks.path, got "/tasks/x"',
  ]);
  const moved = { queues, path: '/jobs' };
  assert.deepEqual(problems({ gateway: { routes }, services, tasks: moved }), []);
});

test('no part of an aggregate may lead to tasks', () => {
  const given = (part: string) =>
    problems({
      gateway: { routes: [{ path: '/mine/:id', aggregate: { part } }, { service: 'worker' }] },
      services,
      tasks: { queues },
    }).join();
  assert.match(
    given('/tasks/:id'),
    /aggregate\.part: may lead to \/tasks\/\*, where tasks are sent/,
  );
  assert.match(given('/:id/x/y'), /may lead to \/tasks\/\*/);
  assert.equal(given('/users/:id'), '');
});

test('services that only work off queues need no routes, and several others still do', () => {
  const two = { ...services, mail: { command, signals: { backlog: { http: 'http://a/b' } } } };
  assert.equal(resolved({ services: two, tasks: { queues } }).gateway.routes.length, 5);
  assert.equal(resolved({ services: { mail: two.mail, more: two.mail } }).gateway.routes.length, 0);
  const web = { ...services, web: { command } };
  assert.match(
    problems({ services: web, tasks: { queues } }).join(),
    /there are several \(worker, web\)/,
  );
});
