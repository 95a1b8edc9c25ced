import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import { test } from 'node:test';
import fc from '../../test/support/property.ts';
import { differingKeys } from './difference.ts';
import { command, resolved } from './fixtures/resolved.ts';

const queues = { default: { service: 'worker' } };
const route = { path: '/a', service: 'api' };

function given(top: object = {}, worker: object = {}, routes: readonly object[] = [route]) {
  const services = { api: { command }, worker: { command, ...worker } };
  return resolved({ gateway: { routes }, services, ...top });
}

test('tasks and databases differ by their keys, and nothing that follows from them is named', () => {
  const base = given({ tasks: { queues } });
  const keys = (tasks: object, more: object = {}) =>
    differingKeys(base, given({ tasks: { queues, ...tasks }, ...more }));
  assert.deepEqual(keys({}), []);
  assert.deepEqual(keys({ path: '/jobs', bodyLimit: '1MB', keepFailed: '9d' }), [
    'tasks.path',
    'tasks.bodyLimit',
    'tasks.keepFailed',
  ]);
  const slow = { default: { service: 'worker', timeout: '1h' }, more: { service: 'api' } };
  assert.deepEqual(keys({ queues: slow }), ['tasks.queues.default', 'tasks.queues.more']);
  assert.deepEqual(
    keys({
      callbacks: ['a.org'],
      privateCallbacks: true,
      callbackSecret: { env: 'A' },
      workerToken: { env: 'B' },
      schedules: { n: { cron: '* * * * *', queue: 'default' } },
    }).toSorted(),
    [
      'tasks.callbackSecret',
      'tasks.callbacks',
      'tasks.privateCallbacks',
      'tasks.schedules.n',
      'tasks.workerToken',
    ],
  );
  assert.deepEqual(keys({}, { databases: { main: { kind: 'postgres' } } }), ['databases.main']);
  assert.deepEqual(differingKeys(given(), base), ['tasks']);
  assert.deepEqual(differingKeys(base, given()), ['tasks']);
});

test('an async route that comes is a change of the routes alone', () => {
  const async = given({}, {}, [{ ...route, async: true, timeout: '2m' }]);
  assert.deepEqual(differingKeys(given(), async), ['gateway.routes']);
  const longer = given({}, {}, [{ ...route, async: true, timeout: '3m' }]);
  assert.deepEqual(differingKeys(async, longer), ['gateway.routes']);
  const own = { tasks: { queues: { own: { service: 'api' } } } };
  const named = given(own, {}, [{ ...route, async: true, timeout: '2m' }]);
  assert.deepEqual(differingKeys(async, named), ['tasks']);
});

test('a default target and the queue it comes from are one change', () => {
  const scale = { policy: 'target' };
  const [without, queued] = [given({}, { scale }), given({ tasks: { queues } }, { scale })];
  assert.notDeepEqual(without.services['worker']?.scale, queued.services['worker']?.scale);
  assert.deepEqual(differingKeys(without, queued), ['tasks']);
  const signals = { backlog: { http: 'http://a' } };
  assert.deepEqual(differingKeys(without, given({}, { scale, signals })), [
    'services.worker.signals.backlog',
  ]);
});

test('property: no key is named exactly when nothing differs, and both ways name the same', () => {
  const timeout = fc.constantFrom('1s', '30s', '5m');
  const queue = fc.record(
    { service: fc.constantFrom('api', 'worker'), timeout, retries: fc.constantFrom(4, 5) },
    { requiredKeys: ['service'] },
  );
  const tasks = fc.record(
    {
      queues: fc.dictionary(fc.constantFrom('q', 'r'), queue, { minKeys: 1 }),
      path: fc.constantFrom('/tasks', '/jobs'),
      keep: fc.constantFrom('7d', '8d'),
      database: fc.constantFrom('main'),
    },
    { requiredKeys: ['queues'] },
  );
  const worker = fc.record({ scale: fc.constantFrom({}, { policy: 'target' }) });
  const config = fc
    .record({
      tasks: fc.option(tasks, { nil: undefined }),
      worker,
      async: fc.boolean(),
      timeout,
      more: fc.constantFrom({}, { cache: { kind: 'redis' } }),
    })
    .map(({ tasks, worker, async, timeout, more }) => {
      const databases = { main: { kind: 'postgres' }, ...more };
      return given({ ...(tasks && { tasks }), databases }, worker, [{ ...route, async, timeout }]);
    });
  fc.assert(
    fc.property(config, config, (a, b) => {
      assert.equal(differingKeys(a, b).length === 0, isDeepStrictEqual(a, b));
      assert.deepEqual(differingKeys(a, b).toSorted(), differingKeys(b, a).toSorted());
    }),
    { numRuns: 300 },
  );
});
