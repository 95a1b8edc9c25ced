import assert from 'node:assert/strict';
import { test } from 'node:test';
import { command, problems } from './fixtures/resolved.ts';

test('a route that cannot put its work off says why', () => {
  const one = (route: object, more: object = {}) =>
    problems({
      gateway: {
        routes: [
          { path: '/x', async: true, ...route },
          { path: '/*', service: 'api' },
        ],
      },
      services: { api: { command }, worker: { command } },
      tasks: { queues: { default: { service: 'worker' }, ...more } },
    });
  const at = 'gateway.routes[0].async';
  assert.deepEqual(one({ aggregate: { a: '/a' } }), [
    `${at}: must not stand beside aggregate: its parts are only read, there is no work to put off`,
  ]);
  assert.match(
    one({ service: { api: 9, worker: 1 } }).join(),
    /async: must not stand beside a split: a task is delivered later/,
  );
  assert.match(
    one({ service: 'api' }, { api: { service: 'worker' } }).join(),
    /async: needs a queue that is delivered to api: .* tasks\.queues\.api, is there and belongs to worker; rename/,
  );
  assert.match(
    one({ service: 'api' }, { api: { service: 'api', delivery: 'pull' } }).join(),
    /is there and workers lease from it/,
  );
  assert.match(
    one({ service: 'api', bodyLimit: '1GB' }).join(),
    /bodyLimit: must be at most 100MB/,
  );
  assert.deepEqual(one({ service: 'api' }), []);
  assert.deepEqual(one({ service: 'nobody' }), [
    'gateway.routes[0].service: must be one of the services (there is api, worker), got "nobody"',
  ]);
  assert.match(one({}).join(), /^gateway\.routes\[0\]: must name the service that answers/);
});
