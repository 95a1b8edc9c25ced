import assert from 'node:assert/strict';
import { test } from 'node:test';
import { command, resolvedHere } from './fixtures/resolved.ts';

function warnings(input: object): readonly string[] {
  const result = resolvedHere(input);
  assert.ok(result.ok, JSON.stringify(result));
  return result.warnings;
}

const queues = { default: { service: 'worker', timeout: '10s' } };

test('a service that works off a queue is told when nothing in its rules looks at it', () => {
  const routes = [{ service: 'api' }];
  const of = (scale: object, more: object = {}) =>
    warnings({
      gateway: { routes },
      services: { api: { command }, worker: { command, scale } },
      tasks: { queues: { ...queues, ...more } },
    });
  assert.deepEqual(of({}), [
    "services.worker.scale: it works off a queue and nothing in its rules looks at how long that is; policy: 'target' does, with target: { drainTime: '30s' }, or up: { backlog: 100 }",
  ]);
  assert.deepEqual(of({ policy: 'target' }), []);
  assert.deepEqual(of({ policy: 'linear' }), [], 'somebody chose it');
  assert.deepEqual(of({ up: { backlog: 5 } }), []);
  assert.deepEqual(of({ min: 2, max: 2 }), []);
  assert.deepEqual(of({ policy: 'target' }, { api: { service: 'api' } }), [], 'requests come, too');
  assert.equal(warnings({ services: { worker: { command } }, tasks: { queues } }).length, 1);
});

test('tasks that others may send and not see, cut off or not count are warned of', () => {
  const given = (worker: object, tasks: object, route: object = {}) =>
    warnings({
      gateway: {
        jwt: { main: { algorithms: ['HS256'], keys: { env: 'KEY' } } },
        routes: [{ service: 'worker', ...route }],
      },
      services: { worker: { command, scale: { policy: 'target' }, ...worker } },
      tasks: { queues, ...tasks },
    });
  const route = { auth: 'main', async: true };
  assert.deepEqual(given({}, {}, route), [
    'gateway.routes (/*).async: callers with a token of main may send tasks, but without tasks.auth /tasks shows them to this machine only',
  ]);
  assert.deepEqual(given({}, { auth: 'main' }, route), []);
  assert.deepEqual(given({}, {}), []);
  assert.deepEqual(given({ drain: '5s' }, {}, { timeout: '1s' }), [
    'services.worker.drain: a replica that leaves has 5s, but a task of the queue default may take 10s and would be cut off',
  ]);
  assert.deepEqual(given({ signals: { backlog: { http: 'http://a' } } }, {}), [
    'services.worker.signals.backlog: it takes the place of tasks.queues.default, at which scaling does not look then',
  ]);
});

test('a token for workers is told to do nothing where nobody leases', () => {
  const given = (delivery: string) =>
    warnings({
      services: { worker: { command, scale: { policy: 'target' } } },
      tasks: {
        queues: { default: { service: 'worker', timeout: '10s', delivery } },
        workerToken: { env: 'KEY' },
      },
    });
  assert.deepEqual(given('push'), [
    "tasks.workerToken: no queue has delivery: 'pull', so no worker shows it",
  ]);
  assert.deepEqual(given('pull'), []);
});

test('concurrency of a service that only fetches its work is told to do nothing', () => {
  const given = (queues: object, routes: object[] = []) =>
    warnings({
      gateway: { routes: [...routes, { service: 'api' }] },
      services: {
        api: { command },
        worker: { command, concurrency: 4, scale: { policy: 'target' } },
      },
      tasks: { queues },
    });
  const pull = { service: 'worker', timeout: '10s', delivery: 'pull' };
  assert.deepEqual(given({ default: pull }), [
    'services.worker.concurrency: nothing comes to it through the gateway, so nothing is counted: a worker leases as many as it asks for; concurrency of its queue bounds all of them',
  ]);
  assert.deepEqual(given({ default: pull, more: { ...pull, delivery: 'push' } }), []);
  assert.deepEqual(given({ default: pull }, [{ path: '/w', service: 'worker' }]), []);
});
