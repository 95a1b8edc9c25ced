import assert from 'node:assert/strict';
import { request } from 'node:http';
import { test } from 'node:test';
import fc from '../../../test/support/property.ts';
import { until } from '../../../test/support/until.ts';
import { explainRoute, type AskedRequest } from './explain-route.ts';
import { runHaproxy } from './fixtures/haproxy.ts';
import { gatewayState, route, service } from './fixtures/states.ts';

test('the explanation names each route that was considered and why it did not match', () => {
  const { gateway } = gatewayState([], {
    routes: [
      route({ path: '/api/*', methods: ['POST'] }),
      route({ path: '/users/:id', hosts: ['*.example.org'], service: 'users', timeoutMs: 5_000 }),
      route({ path: '/*', headers: { 'x-beta': '*' } }),
      route({ path: '/never' }),
    ],
  });
  assert.deepEqual(explainRoute(gateway, { method: 'GET', url: '/api', headers: {} }), {
    kind: 'none',
    considered: [
      { id: '/api/*', matched: false, because: 'the method GET is not POST' },
      { id: '/users/:id', matched: false, because: 'the path /api is not /users/:id' },
      { id: '/*', matched: false, because: 'the header x-beta is not there' },
      { id: '/never', matched: false, because: 'the path /api is not /never' },
    ],
  });
  const found = explainRoute(gateway, {
    method: 'GET',
    url: 'http://Shop.Example.org:8080/users/7?full=1',
    headers: {},
  });
  assert.ok(found.kind === 'route');
  assert.equal(found.service, 'users');
  assert.deepEqual(
    found.considered.map(({ id, matched }) => [id, matched]),
    [
      ['/api/*', false],
      ['/users/:id', true],
    ],
  );
  assert.equal(found.index, 1);
  const asked = { method: 'GET', url: '/.tidegate/health', headers: {} };
  const probe = explainRoute(gateway, asked);
  const withQuery = explainRoute(gateway, { ...asked, url: `${asked.url}?x` });
  assert.notEqual(withQuery.kind, 'gateway');
  assert.equal(explainRoute(gateway, { ...asked, url: '/a?q=é' }).kind, 'refused');
  assert.equal(probe.kind, 'gateway');
});

test('the explanation says who shares the requests, and whether the gateway answers a preflight', async (t) => {
  const cors = { origins: ['*'], methods: [], headers: [], credentials: false, maxAgeMs: 0 };
  const state = gatewayState([service(), service({ name: 'next' })], {
    routes: [
      route({
        path: '/api/*',
        methods: ['POST'],
        services: [
          { service: 'api', weight: 90 },
          { service: 'next', weight: 10 },
        ],
        rewrite: '/v2/*',
        requestHeaders: { 'x-a': '1', cookie: null },
        responseHeaders: { server: null },
        cors,
      }),
      route({ path: '/*' }),
    ],
  });
  const asked = { method: 'POST', url: '/api/x', headers: {} };
  const found = explainRoute(state.gateway, asked);
  assert.ok(found.kind === 'route');
  assert.equal(found.service, '90 % to api, 10 % to next');
  const haproxy = await runHaproxy(t, { ...state, gateway: { ...state.gateway, accessLog: true } });
  const preflight = { origin: 'http://a.test', 'access-control-request-method': 'POST' };
  const kinds: readonly AskedRequest[] = [
    { method: 'OPTIONS', url: '/api/x', headers: preflight },
    { method: 'OPTIONS', url: '/api/x', headers: { origin: 'http://a.test' } },
    {
      method: 'OPTIONS',
      url: '/api/x',
      headers: { ...preflight, 'access-control-request-method': 'GET' },
    },
  ];
  for (const [index, one] of kinds.entries()) {
    await send(haproxy.port, one, `preflight-${index}`);
    const line = await until('it is logged', () =>
      haproxy.lines.find((each) => each['id'] === `preflight-${index}`),
    );
    const told = explainRoute(state.gateway, one);
    assert.ok(told.kind === 'route');
    assert.equal(line['route'], told.route);
    assert.equal(line['status'] === 204, told.isPreflight, String(line['status']));
  }
});

test('a request over plain HTTP is redirected where TLS asks for it, a preflight too, what no route takes is not', () => {
  const cors = { origins: ['*'], methods: [], headers: [], credentials: false, maxAgeMs: 0 };
  const { gateway } = gatewayState([], {
    tls: { cert: '/c', key: '/k', port: 8443, redirect: true, hstsMs: null },
    routes: [route({ path: '/a/*', cors })],
  });
  const headers = { origin: 'http://a.test', 'access-control-request-method': 'POST' };
  const toldOf = (url: string, tls = gateway.tls) => {
    const told = explainRoute({ ...gateway, tls }, { method: 'OPTIONS', url, headers });
    return told.kind === 'route' ? [told.isRedirect, told.isPreflight] : told.kind;
  };
  assert.deepEqual(toldOf('/a/b'), [true, false]);
  assert.deepEqual(toldOf('http://shop.test/a/b'), [true, false]);
  assert.deepEqual(toldOf('HTTPS://shop.test/a/b'), [false, true]);
  assert.deepEqual(toldOf('http://shop.test/a/b', null), [false, true]);
  assert.equal(toldOf('http://shop.test/b'), 'none');
});

const segment = fc.constantFrom('a', 'b', 'a.b', 'a b', ':id', 'é', '%61', '(x)', '$');
const path = fc
  .tuple(fc.array(segment, { minLength: 1, maxLength: 3 }), fc.boolean())
  .map(([segments, below]) => `/${segments.join('/')}${below ? '/*' : ''}`);
const host = fc.constantFrom('a.test', 'b.test', '*.test', '*.a.test');
const header = fc.dictionary(
  fc.constantFrom('x-a', 'x-b'),
  fc.constantFrom('*', 'one', "it's #1 $HOME", ''),
  { maxKeys: 1 },
);
const routes = fc.array(
  fc.record({
    path,
    methods: fc.oneof(fc.constant([]), fc.subarray(['GET', 'POST', 'PURGE'])),
    hosts: fc.oneof(fc.constant([]), fc.array(host, { maxLength: 2 })),
    headers: fc.oneof(fc.constant({}), header),
  }),
  { minLength: 1, maxLength: 12 },
);
const ODD = [
  'A',
  'a%2fb',
  'a;b',
  ';a',
  '%c3%a9',
  '%2e',
  '..',
  '%',
  '%3a',
  '%252e',
  '%3Fx',
  '%28X%29',
];
const sentPath = fc
  .array(
    fc.constantFrom('a', 'b', 'a.b', 'axb', 'a%20b', '%C3%A9', '%61', '(x)', '$', '', ...ODD),
    {
      maxLength: 4,
    },
  )
  .map((segments) => `/${segments.join('/')}`);
const asked: fc.Arbitrary<AskedRequest> = fc.record({
  method: fc.constantFrom('GET', 'POST', 'PURGE'),
  url: fc.tuple(sentPath, fc.constantFrom('', '?a=/b')).map(([path, query]) => path + query),
  headers: fc
    .tuple(
      fc.constantFrom('a.test', 'A.Test:8080', 'x.a.test', 'test', 'b.test', 'a.test:123456'),
      fc.dictionary(fc.constantFrom('x-a', 'X-B'), fc.constantFrom('one', 'two', "it's #1 $HOME"), {
        maxKeys: 2,
      }),
    )
    .map(([host, headers]) => ({ host, ...headers })),
});

test('HAProxy takes the route that the explanation names', async (t) => {
  await fc.assert(
    fc.asyncProperty(
      routes,
      fc.constantFrom('strict', 'as-sent'),
      fc.array(asked, { minLength: 30, maxLength: 30 }),
      async (some, paths, sent) => {
        const state = gatewayState([service()], {
          accessLog: true,
          paths,
          routes: some.map((one, index) => route({ ...one, id: `r${index}` })),
        });
        const haproxy = await runHaproxy(t, state);
        for (const [index, one] of sent.entries())
          await send(haproxy.port, one, `request-${index}`);
        for (const [index, one] of sent.entries()) {
          const line = await until(`request ${index} is logged`, () =>
            haproxy.lines.find((line) => line['id'] === `request-${index}`),
          );
          const told = explainRoute(state.gateway, one);
          assert.equal(
            line['route'],
            told.kind === 'route' ? told.route : null,
            JSON.stringify(one),
          );
          if (told.kind === 'refused') assert.equal(line['status'], told.status);
          assert.equal(line['service'], told.kind === 'route' ? 'api' : ':gateway');
        }
      },
    ),
    { numRuns: 8 },
  );
});

// Private

function send(port: number, { method, url, headers }: AskedRequest, id: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const sent = request(
      { port, host: '127.0.0.1', method, path: url, headers: { ...headers, 'x-request-id': id } },
      (response) => response.resume().on('end', resolve),
    );
    sent.on('error', reject);
    sent.end();
  });
}
