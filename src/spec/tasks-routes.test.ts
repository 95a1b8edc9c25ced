import assert from 'node:assert/strict';
import { test } from 'node:test';
import { command, resolved } from './fixtures/resolved.ts';
import { shadows } from './shadow.ts';

const jwt = { main: { algorithms: ['HS256'], keys: { env: 'KEY' } } };

function routesWith(tasks: object) {
  return resolved({
    gateway: { jwt, routes: [{ path: '/:a/:b', service: 'worker' }] },
    services: { worker: { command } },
    tasks: { queues: { default: { service: 'worker' } }, ...tasks },
  }).gateway.routes;
}

test('the routes of tasks stand before all others; who leases shows the worker token instead', () => {
  const shown = routesWith({ auth: 'main', path: '/jobs' }).map(
    ({ id, methods, auth, from, services }) => [
      id,
      methods.join(),
      auth,
      from,
      services[0]?.service,
    ],
  );
  assert.deepEqual(shown, [
    ['/jobs/:queue/lease', 'POST', null, 'anywhere', 'tidegate-tasks'],
    ['/jobs/:id/extend', 'POST', null, 'anywhere', 'tidegate-tasks'],
    ['/jobs/:id/complete', 'POST', null, 'anywhere', 'tidegate-tasks'],
    ['/jobs/:id/fail', 'POST', null, 'anywhere', 'tidegate-tasks'],
    ['/jobs/*', '', 'main', 'anywhere', 'tidegate-tasks'],
    ['/:a/:b', '', null, 'anywhere', 'worker'],
  ]);
});

test('without auth tasks are for this machine, and waiting for one is given its time', () => {
  const routes = routesWith({ bodyLimit: '1MB', resultLimit: '3MB' }).slice(0, 5);
  assert.equal(routes.at(-1)?.from, 'loopback');
  assert.ok(routes.every(({ timeoutMs }) => timeoutMs >= 75_000));
  const limits = routes.map(({ bodyLimitBytes }) => bodyLimitBytes / 2 ** 20);
  assert.deepEqual(limits, [6, 6, 6, 6, 1], 'a result may be larger than a task');
});

test('no name of a queue leads a task that is sent to what workers ask for', () => {
  const forWorkers = routesWith({}).slice(0, 4);
  for (const name of ['lease', 'extend', 'complete', 'fail', 'result']) {
    const queues = { [name]: { service: 'worker' } };
    assert.ok(
      resolved({ services: { worker: { command } }, tasks: { queues } }).tasks?.queues[name],
    );
    const sent = { path: `/tasks/${name}`, methods: ['POST'], hosts: [], headers: {} };
    assert.ok(!forWorkers.some((route) => shadows(route, sent)));
  }
});
