import assert from 'node:assert/strict';
import { test } from 'node:test';
import { command, problems, resolved } from './fixtures/resolved.ts';

const api = { path: '/*', service: 'api' };

function queues(given: object, routes: readonly object[] = [api]) {
  const services = { api: { command }, worker: { command }, mail: { command } };
  return resolved({ gateway: { routes }, services, tasks: { queues: given } }).tasks?.queues;
}

test('a queue that names its service has every default', () => {
  assert.deepEqual(queues({ default: { service: 'worker' } }), {
    default: {
      name: 'default',
      service: 'worker',
      delivery: 'push',
      path: '/',
      retries: 5,
      timeoutMs: 300_000,
      concurrency: null,
      backoff: { leastMs: 1_000, mostMs: 600_000 },
    },
  });
  const of = (backoff: object) => queues({ a: { service: 'api', backoff } })?.['a']?.backoff;
  assert.deepEqual(of({ least: '1h' }), { leastMs: 3_600_000, mostMs: 3_600_000 });
  assert.deepEqual(of({ most: '200ms' }), { leastMs: 200, mostMs: 200 });
  assert.equal(queues({ reports: { delivery: 'pull' } })?.['reports']?.service, null);
});

test('an async route gets the only queue of its service, else one of its name and timeout', () => {
  const route = (path: string, timeout: string, service = 'api') => ({
    path,
    service,
    timeout,
    async: true,
  });
  const routes = [route('/a', '1m'), route('/b', '2m'), route('/c', '1s', 'worker'), api];
  const two = { default: { service: 'worker' }, pulled: { service: 'api', delivery: 'pull' } };
  const config = {
    gateway: { routes },
    services: { api: { command }, worker: { command } },
    tasks: { queues: two },
  };
  const spec = resolved(config);
  const own = spec.gateway.routes.slice(5).map((each) => each.async);
  assert.deepEqual(own, ['api', 'api', 'default', null]);
  assert.equal(spec.tasks?.queues['api']?.timeoutMs, 120_000);
  assert.equal(spec.tasks?.queues['api']?.retries, 5);
  assert.deepEqual(spec.gateway.deliveries, { worker: 300_000, api: 120_000 });
  assert.deepEqual(spec.services['api']?.backlog, { kind: 'queues', queues: ['pulled', 'api'] });
  assert.equal(spec.services['api']?.drainMs, 300_000, 'the queue that is leased from counts, too');

  const several = { slow: { service: 'api' }, api: { service: 'api', timeout: '9s' } };
  const named = resolved({ ...config, tasks: { queues: several } });
  assert.equal(named.gateway.routes[5]?.async, 'api');
  assert.equal(named.tasks?.queues['api']?.timeoutMs, 9_000);
});

test('an async route alone asks for tasks', () => {
  const routes = [{ service: 'api', async: true, timeout: '7s' }];
  const spec = resolved({ gateway: { routes }, services: { api: { command } } });
  assert.deepEqual(Object.keys(spec.tasks?.queues ?? {}), ['api']);
  assert.equal(spec.tasks?.queues['api']?.timeoutMs, 7_000);
  const off = [{ service: 'api', async: false }];
  assert.equal(resolved({ gateway: { routes: off }, services: { api: { command } } }).tasks, null);
  const none = [{ service: { api: 1, worker: 0 }, async: true }];
  const services = { api: { command }, worker: { command } };
  assert.equal(resolved({ gateway: { routes: none }, services }).gateway.routes[5]?.async, 'api');
});

test('all that is wrong with queues is told at once', () => {
  const given = (tasks: object) =>
    problems({
      gateway: { routes: [api] },
      services: { api: { command }, worker: { command } },
      tasks,
    });
  assert.deepEqual(
    given({
      queues: {
        a: { service: 'wroker' },
        b: { path: '/x' },
        c: { service: 'api', backoff: { least: '2s', most: '1s' }, timeout: '0s' },
        d: { service: 'api', delivery: 'pul' },
      },
    }),
    [
      "tasks.queues.c.timeout: must be a duration such as '250ms', '15s' or '2m', at most 24 days, got \"0s\"",
      "tasks.queues.d.delivery: must be one of 'push', 'pull', got \"pul\"",
      "tasks.queues.b.service: is missing: it must say which service the tasks are delivered to, unless delivery: 'pull' lets workers fetch them",
      'tasks.queues.c.backoff.most: must not be below least, got "1s"',
      'tasks.queues.a.service: must be one of the services (there is api, worker), got "wroker"; did you mean worker?',
    ],
  );
  assert.match(given({}).join(), /tasks\.queues: must name at least one queue/);
  assert.match(given({ queues: {} }).join(), /tasks\.queues: must name at least one queue/);
});
