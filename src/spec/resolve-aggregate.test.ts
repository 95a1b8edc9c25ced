import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AGGREGATOR } from './aggregator.ts';
import { differingKeys } from './difference.ts';
import { command, problems, resolved, resolvedHere } from './fixtures/resolved.ts';
import { revisionId } from './revision.ts';

const api = { path: '/*', service: 'api' };

function input(aggregate: object, more: object = {}, routes: readonly object[] = [api]): object {
  return {
    gateway: {
      jwt: { main: { algorithms: ['HS256'], keys: { env: 'KEY' } } },
      routes: [{ path: '/overview/:id', aggregate, ...more }, ...routes],
    },
    services: { api: { command } },
  };
}

test('a part is a path, or more; its defaults and the methods are filled in', () => {
  const spec = resolved(
    input({ user: '/users/:id', orders: { path: '/orders?u=:id', timeout: '1s', optional: true } }),
  );
  const [route] = spec.gateway.routes;
  assert.deepEqual(route?.aggregate, [
    { name: 'user', path: '/users/:id', timeoutMs: 5_000, optional: false },
    { name: 'orders', path: '/orders?u=:id', timeoutMs: 1_000, optional: true },
  ]);
  assert.deepEqual(route.methods, ['GET', 'HEAD']);
  assert.deepEqual(route.services, [{ service: AGGREGATOR, weight: 1 }]);
  const short = resolved(input({ user: '/users/:id' }, { timeout: '2s' }));
  assert.equal(short.gateway.routes[0]?.aggregate?.[0]?.timeoutMs, 2_000);
});

test('what aggregates is a service like any other, there only where a route needs it', () => {
  const spec = resolved(input({ user: '/users/:id' }, { timeout: '90s' }));
  const service = spec.services[AGGREGATOR];
  assert.deepEqual(service?.command, { kind: 'internal', program: 'aggregate' });
  assert.equal(service.drainMs, 90_000);
  assert.equal(service.scale.min, 1);
  assert.equal(service.scale.max, 4, 'one for each core');
  assert.deepEqual(Object.keys(spec.services), ['api', AGGREGATOR]);
  const without = resolved({ services: { api: { command } } });
  assert.deepEqual(Object.keys(without.services), ['api']);
  const result = resolvedHere(input({ user: '/users/:id' }));
  assert.ok(result.ok);
  assert.deepEqual(result.warnings, []);
  assert.deepEqual(result.unbuilt, []);
});

test('another aggregate is another route, and no other revision of what aggregates', () => {
  const a = resolved(input({ user: '/users/:id' }));
  const b = resolved(input({ user: '/people/:id' }));
  const none = resolved({ services: { api: { command } } });
  assert.deepEqual(differingKeys(a, b), ['gateway.routes']);
  assert.deepEqual(differingKeys(a, none), ['gateway.jwt', 'gateway.routes']);
  const [one, other] = [a.services[AGGREGATOR], b.services[AGGREGATOR]];
  assert.ok(one && other);
  assert.equal(revisionId(one), revisionId(other));
});

test('all that is wrong with an aggregate is told, with its path', () => {
  const at = 'gateway.routes[0].aggregate';
  const parts = {
    failed: '/a',
    user: '/users/:ib',
    slow: { path: '/b', timeout: '1m' },
    mine: '/c/:claims.sub',
    up: { path: '/a/../b' },
  };
  const more = { methods: ['GET', 'POST'], requestHeaders: { 'x-a': '1' } };
  assert.deepEqual(problems(input(parts, more)), [
    `gateway.routes[0].methods: must be 'GET' and 'HEAD' beside aggregate: its parts are only read, got a list`,
    `gateway.routes[0].requestHeaders: must not stand beside aggregate: give it to the routes of its parts, got an object`,
    `${at}.failed: must have another name: 'failed' is where the answer names the parts that failed, got "/a"`,
    `${at}.user: holds ':ib', which is no parameter of the route's path: it has :id, got "/users/:ib"; did you mean :id?`,
    `${at}.slow.timeout: must not be above the route's timeout, 30s, got "1m"`,
    `${at}.mine: holds ':claims.sub', so the route needs auth, which brings the token, got "/c/:claims.sub"`,
    `${at}.up.path: must not hold '.' or '..' as a segment, got "/a/../b"`,
  ]);
  assert.match(problems(input({}))[0] ?? '', /must name its parts/);
  const many = Object.fromEntries(Array.from({ length: 17 }, (_, i) => [`p${i}`, '/a']));
  assert.match(problems(input(many))[0] ?? '', /at most 16 parts/);
  const long = Object.fromEntries(
    Array.from({ length: 16 }, (_, i) => [`p${i}`, `/${'a'.repeat(200)}`]),
  );
  assert.match(problems(input(long))[0] ?? '', /aggregate: is too long: have fewer parts/);
  assert.match(problems(input({ a: 7 }))[0] ?? '', /a path such as .* or \{ path, timeout/);
});

test('the name of what aggregates is taken, and no route may name it', () => {
  const services = { api: { command }, [AGGREGATOR]: { command } };
  assert.match(
    problems({ gateway: { routes: [api] }, services })[0] ?? '',
    /services\.tidegate-aggregate: must have another name/,
  );
  const routes = [{ path: '/a', service: AGGREGATOR }];
  assert.match(
    problems({ gateway: { routes }, services: { api: { command } } })[0] ?? '',
    /must be one of the services/,
  );
});

test('a part must lead to a route, never round in a circle, never past an auth', () => {
  const user = { user: '/users/:id' };
  const users = (more: object): object[] => [{ path: '/users/*', service: 'api', ...more }];
  const first = (...args: Parameters<typeof input>): string => problems(input(...args))[0] ?? '';
  assert.match(
    first(user, {}, [{ path: '/a', service: 'api' }]),
    /aggregate\.user: leads to no route/,
  );
  assert.match(first({ again: '/overview/:id' }), /\/overview\/:id, an aggregate itself/);
  assert.match(
    first({ post: '/x' }, {}, [{ path: '/x', methods: 'POST', service: 'api' }]),
    /no route/,
  );
  assert.match(
    first(user, {}, users({ auth: 'main' })),
    /aggregate\.user: may lead to \/users\/\*, which asks for auth: 'main': write the same on this route/,
  );
  const wants = { auth: 'main', scopes: ['a', 'b'], claims: { role: ['admin', 'ops'] } };
  assert.match(
    first(user, { auth: 'main', scopes: ['a'] }, users(wants)),
    /asks for scopes: \['b'\] and claims: \{ role: \['admin', 'ops'\] \}/,
  );
  const narrower = { ...wants, scopes: ['b', 'a', 'c'], claims: { role: ['ops'], org: ['x'] } };
  assert.deepEqual(problems(input(user, narrower, users(wants))), []);
  // A parameter may be `me`.
  const me = [{ path: '/users/me', service: 'api', auth: 'main' }, ...users({})];
  assert.match(first(user, {}, me), /may lead to \/users\/me/);
  // Nothing is asked for that a part's request does not have, and nothing behind a route that takes all.
  const beta = { path: '/users/*', service: 'api', auth: 'main', headers: { 'x-beta': '*' } };
  assert.deepEqual(problems(input(user, {}, [beta, ...users({})])), []);
  const after = [...users({}), { path: '/*', service: 'api', auth: 'main' }];
  assert.deepEqual(problems(input(user, {}, after)), []);
  const hosts = [{ path: '/*', host: 'b.test', service: 'api', auth: 'main' }, api];
  assert.deepEqual(problems(input(user, { host: 'a.test' }, hosts)), []);
  assert.match(first(user, { host: '*.test' }, hosts), /asks for auth/);
});
