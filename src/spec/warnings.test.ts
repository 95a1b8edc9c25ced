import assert from 'node:assert/strict';
import { test } from 'node:test';
import { command, resolvedHere } from './fixtures/resolved.ts';

test('what is allowed but probably not meant is a warning', () => {
  const result = resolvedHere({
    host: { maxReplicas: 2 },
    gateway: { routes: [{ service: 'api', timeout: '1m' }] },
    services: {
      api: { command, drain: '10s', resources: { cpu: 8, memory: '16GB' }, scale: { min: 3 } },
      idle: { command },
    },
  });
  assert.deepEqual(result.ok && result.warnings, [
    'services.api.drain: a replica that leaves has 10s, but a request of the route /* may take 1m and would be cut off',
    'services.api.resources.cpu: the machine has 4',
    'services.api.resources.memory: the machine has 8 GB',
    'services.idle: no route leads to it',
    "host.maxReplicas: it is 2, but the services' minimums add up to 4",
  ]);
});
