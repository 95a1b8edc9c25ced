import assert from 'node:assert/strict';
import { test } from 'node:test';
import { command, problemsOfService, resolved } from './fixtures/resolved.ts';

test('drain is the longest timeout of the routes to the service, at least 30 s', () => {
  const spec = resolved({
    gateway: {
      routes: [
        { path: '/slow', service: 'api', timeout: '2m' },
        { path: '/*', service: 'web', timeout: '5s' },
      ],
    },
    services: { api: { command }, web: { command } },
  });
  assert.equal(spec.services['api']?.drainMs, 120_000);
  assert.equal(spec.services['web']?.drainMs, 30_000);
});

test('hash and hashBy belong together', () => {
  assert.deepEqual(problemsOfService({ balance: 'hash' }), [
    "services.api.hashBy: is missing: balance: 'hash' needs 'ip', 'header:NAME' or 'cookie:NAME'",
  ]);
  assert.deepEqual(problemsOfService({ hashBy: 'ip' }), [
    'services.api.hashBy: must stand beside balance: \'hash\', got "ip"',
  ]);
});
