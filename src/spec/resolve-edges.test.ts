import assert from 'node:assert/strict';
import { test } from 'node:test';
import { command, problems, problemsOfRoutes, resolved } from './fixtures/resolved.ts';

const services = { api: { command }, next: { command } };

test('a share is a weight, and who has none gets nothing', () => {
  const split = (service: object) =>
    resolved({ gateway: { routes: [{ service }] }, services }).gateway.routes[0]?.services;
  assert.deepEqual(split({ api: 90, next: 10 }), [
    { service: 'api', weight: 90 },
    { service: 'next', weight: 10 },
  ]);
  assert.deepEqual(split({ api: 1, next: 0 }), [{ service: 'api', weight: 1 }]);
  assert.deepEqual(problemsOfRoutes({ service: { api: 0 } }), [
    'gateway.routes[0].service: must give at least one service a weight above 0, got an object',
  ]);
});

test('a split is between services that are all sticky, or none', () => {
  const split = (api: object, next: object): readonly string[] =>
    problems({
      gateway: { routes: [{ service: { api: 90, next: 10 } }] },
      services: { api: { command, ...api }, next: { command, ...next } },
    });
  assert.deepEqual(split({}, {}), []);
  assert.deepEqual(split({ sticky: true }, { sticky: true }), []);
  assert.deepEqual(split({ sticky: true }, {}), [
    'gateway.routes[0].service: must split between services that are all sticky, or none: api keeps its clients and the rest does not',
  ]);
});

test('a rewrite takes what the path has', () => {
  const rule = (path: string, rewrite: string): string | undefined =>
    problemsOfRoutes({ path, rewrite, service: 'api' })[0]?.replace(/^.*?: | got .*$/g, '');
  assert.equal(rule('/api/*', '/v2/*'), undefined);
  assert.equal(rule('/*', '/*'), undefined);
  assert.equal(rule('/users/:id', '/people/:id'), undefined);
  assert.equal(rule('/users/:id/*', '/fixed'), undefined);
  assert.match(rule('/users/:id', '/people/:name') ?? '', /:name is not in it/);
  assert.match(rule('/users', '/v2/*') ?? '', /the path ends without it/);
  assert.match(rule('/:a/:a', '/:a') ?? '', /:a stands twice/);
  const many = Array.from({ length: 10 }, (_, at) => `/:p${at}`).join('');
  assert.match(rule(many, many) ?? '', /at most 9 pieces/);
  assert.match(rule('/a/*', '/b/../*') ?? '', /must be a path/);
  assert.match(rule('/a/*', '/b//*') ?? '', /must be a path/);
  const aggregate = { path: '/a', aggregate: { a: '/x' }, rewrite: '/b' };
  assert.deepEqual(problemsOfRoutes(aggregate, { path: '/x', service: 'api' }), [
    'gateway.routes[0].rewrite: must not stand beside aggregate, whose parts have paths of their own, got "/b"',
  ]);
});

test('CORS has defaults, and origins are written as browsers write them', () => {
  const { routes } = resolved({
    gateway: {
      routes: [
        {
          service: 'api',
          cors: { origins: ['https://Shop.example:443', 'http://x.test:80', 'http://x.test:81'] },
        },
      ],
    },
    services: { api: { command } },
  }).gateway;
  assert.deepEqual(routes[0]?.cors, {
    origins: ['https://shop.example', 'http://x.test', 'http://x.test:81'],
    methods: [],
    headers: [],
    credentials: false,
    maxAgeMs: 600_000,
  });
  const rules = (cors: object): readonly string[] => problemsOfRoutes({ service: 'api', cors });
  assert.match(rules({ origins: '*', credentials: true })[0] ?? '', /name the origins in place/);
  assert.match(rules({ origins: ['*', 'https://a.test'] })[0] ?? '', /'\*' alone/);
  for (const origins of ['null', 'https://a.test/', 'a.test', 'https://*.a.test']) {
    assert.equal(rules({ origins }).length, 1, origins);
  }
});

test('the headers of the connection, of the gateway and of claims are not a route’s to change', () => {
  const of = (key: string, name: string, value: string | null = 'x', more: object = {}): number =>
    problems({
      gateway: {
        jwt: { main: { algorithms: ['RS256'], keys: './key.pem', forward: { sub: 'x-user' } } },
        routes: [{ service: 'api', [key]: { [name]: value }, ...more }],
      },
      services: { api: { command } },
    }).length;
  for (const name of [
    'Connection',
    'transfer-encoding',
    'Content-Length',
    'Upgrade',
    'TE',
    'X-Request-Id',
    'x_request_id',
    'X-Tidegate-User',
  ]) {
    assert.equal(of('requestHeaders', name), 1, name);
    assert.equal(of('responseHeaders', name, null), 1, name);
  }
  for (const name of ['X-Forwarded-For', 'x_real_ip', 'Forwarded', 'traceparent', 'Proxy']) {
    assert.equal(of('requestHeaders', name), 1, name);
  }
  assert.equal(of('requestHeaders', 'host', null), 1);
  assert.equal(of('requestHeaders', 'host', 'inner.test'), 0);
  assert.equal(of('responseHeaders', 'set-cookie'), 1);
  assert.equal(of('responseHeaders', 'set-cookie', null), 0);
  assert.equal(of('requestHeaders', 'X_User', 'x', { auth: 'main' }), 1);
  assert.equal(of('requestHeaders', 'x-user'), 0);
  const cors = { origins: '*' };
  assert.equal(of('responseHeaders', 'Access-Control-Max-Age', '1', { cors }), 1);
  assert.equal(of('responseHeaders', 'Access-Control-Max-Age', '1'), 0);
  for (const value of ['', ' x', 'x ', 'a\tb', 'a\nb', 'é', 'x'.repeat(1_025)]) {
    assert.equal(of('requestHeaders', 'x-a', value), 1, JSON.stringify(value));
  }
  assert.equal(of('requestHeaders', 'x-a', `%[src] "it's" #1 $HOME \\n {a}`), 0);
  const twice = { requestHeaders: { 'x-a': '1', 'X-A': '2' } };
  assert.match(problemsOfRoutes({ service: 'api', ...twice })[0] ?? '', /must stand once/);
});

test('trusted proxies are addresses and networks, never everybody', () => {
  const of = (trustedProxies: unknown): readonly string[] =>
    problems({ gateway: { trustedProxies }, services: { api: { command } } });
  const good = ['127.0.0.1', '10.0.0.0/8', '::1', 'fd00::/8', '2001:db8::/32'];
  assert.deepEqual(of(good), []);
  assert.deepEqual(
    resolved({ gateway: { trustedProxies: [...good, '::1'] }, services: { api: { command } } })
      .gateway.trustedProxies,
    good,
  );
  for (const bad of [
    '0.0.0.0/0',
    '::/0',
    '10.0.0.0/33',
    '10.0.0',
    'proxy.test',
    'fe80::1%eth0',
    '*',
  ]) {
    assert.equal(of([bad]).length, 1, bad);
  }
});
