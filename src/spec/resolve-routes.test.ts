import assert from 'node:assert/strict';
import { test } from 'node:test';
import { command, problems, problemsOfRoutes, resolved } from './fixtures/resolved.ts';

test('routes with the same path have ids that differ', () => {
  const { routes } = resolved({
    gateway: {
      routes: [
        { path: '/a', methods: 'get', service: 'api' },
        { path: '/a', service: 'api' },
      ],
    },
    services: { api: { command } },
  }).gateway;
  assert.deepEqual(
    routes.map(({ id, methods }) => [id, methods]),
    [
      ['/a', ['GET']],
      ['/a#2', []],
    ],
  );
});

test('a route must lead somewhere, and must be able to match', () => {
  assert.deepEqual(problemsOfRoutes({ service: 'apo' }), [
    'gateway.routes[0].service: must be one of the services (there is api), got "apo"; did you mean api?',
  ]);
  assert.deepEqual(problemsOfRoutes({ path: '/a' }), [
    "gateway.routes[0]: must name the service that answers: service: 'NAME', got an object",
  ]);
  assert.deepEqual(problemsOfRoutes({ service: 'api' }, { path: '/a', service: 'api' }), [
    "gateway.routes[1]: can never match: gateway.routes[0] ('/*') comes first and takes every request of '/a'; put the more specific route first",
  ]);
  assert.deepEqual(problemsOfRoutes({ service: 'api', auth: 'main' }), [
    'gateway.routes[0].auth: must be one of gateway.jwt, got "main"',
  ]);
  assert.match(
    problemsOfRoutes({ path: '/.tidegate/health', service: 'api' })[0] ?? '',
    /must not begin with \/\.tidegate/,
  );
});

test('several services need routes', () => {
  assert.deepEqual(problems({ services: { api: { command }, web: { command } } }), [
    'gateway.routes: must say which request goes to which service: there are several (api, web)',
  ]);
});
