import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import type { CorsSpec } from '../../spec/spec.ts';
import { until } from '../../../test/support/until.ts';
import { runHaproxy, sendRaw } from './fixtures/haproxy.ts';
import type { RunningHaproxy } from './fixtures/haproxy.ts';
import { gatewayState, route, server, service } from './fixtures/states.ts';
import { startUpstream } from './fixtures/upstream.ts';

const SHOP = 'https://shop.example';

function cors(differs: Partial<CorsSpec> = {}): CorsSpec {
  return {
    origins: [SHOP, 'http://localhost:3000'],
    methods: [],
    headers: [],
    credentials: false,
    maxAgeMs: 600_000,
    ...differs,
  };
}

async function gateway(t: TestContext): Promise<RunningHaproxy> {
  const a = await startUpstream(t, 'a', {
    '/own': (_request, response) => {
      response.writeHead(200, {
        'access-control-allow-origin': '*',
        'access-control-allow-credentials': 'true',
        'access-control-expose-headers': 'x-secret',
        vary: 'Accept-Language, Origin',
      });
      response.end();
    },
  });
  const dead = service({ name: 'dead' });
  return runHaproxy(
    t,
    gatewayState([service({ servers: [server('x', a.port)] }), dead], {
      compression: false,
      routes: [
        route({ path: '/own', cors: cors() }),
        route({ path: '/any', cors: cors({ origins: ['*'] }) }),
        route({
          path: '/post',
          methods: ['POST', 'PUT'],
          cors: cors({ credentials: true, headers: ['x-tenant', 'content-type'], maxAgeMs: 1_500 }),
        }),
        route({ path: '/post', methods: ['OPTIONS'] }),
        route({ path: '/dead', service: 'dead', cors: cors() }),
        route({ path: '/*', methods: ['GET', 'OPTIONS'] }),
      ],
    }),
  );
}

/** The headers of an answer that concern CORS. */
async function ask(
  { url }: RunningHaproxy,
  path: string,
  init: RequestInit,
): Promise<Readonly<Record<string, string | number>>> {
  const answer = await fetch(url + path, init);
  const text = await answer.text();
  const headers = [...answer.headers].filter(([name]) => /^access-control-|^vary$/.test(name));
  return { ...Object.fromEntries(headers), status: answer.status, service: text === '' ? '' : 'a' };
}

function preflight(origin: string, method: string, headers?: string): RequestInit {
  return {
    method: 'OPTIONS',
    headers: {
      origin,
      'access-control-request-method': method,
      ...(headers === undefined ? {} : { 'access-control-request-headers': headers }),
    },
  };
}

test('a preflight is answered by the gateway, for the route of the request it asks about', async (t) => {
  const haproxy = await gateway(t);
  assert.deepEqual(await ask(haproxy, '/post', preflight(SHOP, 'PUT', 'x-tenant')), {
    status: 204,
    service: '',
    'access-control-allow-origin': SHOP,
    'access-control-allow-credentials': 'true',
    'access-control-allow-methods': 'POST, PUT',
    'access-control-allow-headers': 'x-tenant, content-type',
    'access-control-max-age': '1',
    vary: 'Origin',
  });
  assert.deepEqual(await ask(haproxy, '/own', preflight(SHOP, 'PATCH', 'x-a, X_B,x-c')), {
    status: 204,
    service: '',
    'access-control-allow-origin': SHOP,
    'access-control-allow-methods': 'PATCH',
    'access-control-allow-headers': 'x-a, X_B,x-c',
    'access-control-max-age': '600',
    vary: 'Origin',
  });
  assert.deepEqual(await ask(haproxy, '/any', preflight('null', 'GET')), {
    status: 204,
    service: '',
    'access-control-allow-origin': '*',
    'access-control-allow-methods': 'GET',
    'access-control-max-age': '600',
  });
  // Without its replicas too: no service is asked.
  assert.equal((await ask(haproxy, '/dead', preflight(SHOP, 'GET'))).status, 204);
  await until('they are logged as answers of the gateway', () => haproxy.lines.length >= 4);
  assert.deepEqual(
    haproxy.lines.map(({ service, route, status }) => [service, route, status]),
    ['/post', '/own', '/any', '/dead'].map((route) => [':gateway', route, 204]),
  );
});

test('an OPTIONS request that asks about nothing, or about another route, goes its way', async (t) => {
  const haproxy = await gateway(t);
  const origin = { origin: SHOP };
  // The second of the two routes takes plain OPTIONS requests.
  const plain = await ask(haproxy, '/post', { method: 'OPTIONS', headers: origin });
  assert.deepEqual(plain, { status: 200, service: 'a' });
  const noOrigin = preflight('', 'PUT');
  delete (noOrigin.headers as Record<string, string>)['origin'];
  assert.equal((await ask(haproxy, '/post', noOrigin)).service, 'a');
  assert.equal((await ask(haproxy, '/post', preflight(SHOP, 'PUT"'))).service, 'a');
  assert.equal((await ask(haproxy, '/post', preflight(SHOP, 'GET'))).service, 'a');
  assert.equal((await ask(haproxy, '/else', preflight(SHOP, 'GET'))).service, 'a');
  assert.equal((await ask(haproxy, '/else', preflight(SHOP, 'GET')))['vary'], undefined);
});

test('an origin is allowed only if it is one of the list, to the letter', async (t) => {
  const haproxy = await gateway(t);
  for (const origin of [
    'null',
    'https://shop.example.evil.test',
    'https://evil.test/https://shop.example',
    'https://shopxexample',
    'https://SHOP.example',
    'http://shop.example',
    'https://shop.example:443',
    'https://shop.example/',
    'https://sub.shop.example',
    `${SHOP} http://localhost:3000`,
    `${SHOP}, ${SHOP}`,
    'http://localhost:30000',
    '*',
  ]) {
    assert.deepEqual(await ask(haproxy, '/own', preflight(origin, 'GET', 'x-a')), {
      status: 204,
      service: '',
      vary: 'Origin',
    });
    assert.deepEqual(await ask(haproxy, '/own', { headers: { origin } }), {
      status: 200,
      service: '',
      vary: 'Accept-Language, Origin',
    });
  }
});

test('of several lines nothing is repeated that was not looked at', async (t) => {
  const { port } = await gateway(t);
  const asked = (method: string, ...lines: string[]): Promise<string> =>
    sendRaw(
      port,
      [`${method} /own HTTP/1.1`, 'Host: a', 'Connection: close', ...lines, '', ''].join('\r\n'),
    );
  const [ours, evil] = [`Origin: ${SHOP}`, 'Origin: https://evil.test'];
  const GETS = 'Access-Control-Request-Method: GET';
  for (const [method, ...lines] of [
    ['GET', ours, evil],
    ['GET', evil, ours],
    ['OPTIONS', ours, evil, GETS],
    ['OPTIONS', ours, GETS, 'Access-Control-Request-Method: evil, *'],
  ] as const) {
    assert.doesNotMatch(await asked(method, ...lines), /: .*evil/, lines.join());
  }
});

test('what the service says of it is replaced, also on answers of the gateway itself', async (t) => {
  const haproxy = await gateway(t);
  assert.deepEqual(await ask(haproxy, '/own', { headers: { origin: SHOP } }), {
    status: 200,
    service: '',
    'access-control-allow-origin': SHOP,
    vary: 'Accept-Language, Origin',
  });
  assert.deepEqual(await ask(haproxy, '/own', {}), {
    status: 200,
    service: '',
    vary: 'Accept-Language, Origin',
  });
  assert.deepEqual(await ask(haproxy, '/dead', { headers: { origin: 'http://localhost:3000' } }), {
    status: 503,
    service: 'a',
    'access-control-allow-origin': 'http://localhost:3000',
    vary: 'Origin',
  });
  const sent = { method: 'POST', body: 'x', headers: { origin: SHOP } };
  const answer = await ask(haproxy, '/post', sent);
  assert.equal(answer['access-control-allow-credentials'], 'true');
  assert.equal(answer['access-control-allow-origin'], SHOP);
});

test('an answer that is kept is given to each origin with its own permission', async (t) => {
  const seen: unknown[] = [];
  const a = await startUpstream(t, 'a', {
    '/kept': (request, response) => {
      seen.push(request.headers.origin);
      response.writeHead(200, { 'access-control-allow-origin': '*', 'x-mine': 'old' });
      response.end('kept');
    },
  });
  const cache = { ttlMs: 600_000, sizeBytes: 2 ** 20, maxObjectBytes: 2 ** 16 };
  const haproxy = await runHaproxy(
    t,
    gatewayState([service({ servers: [server('x', a.port)] })], {
      compression: false,
      securityHeaders: true,
      routes: [route({ path: '/kept', cache, cors: cors(), responseHeaders: { 'x-mine': 'new' } })],
    }),
  );
  for (const origin of [SHOP, 'http://localhost:3000', 'https://evil.test', undefined]) {
    const answer = await fetch(`${haproxy.url}/kept`, { headers: origin ? { origin } : {} });
    assert.equal(await answer.text(), 'kept');
    const allowed = origin?.includes('evil') ? undefined : origin;
    assert.equal(answer.headers.get('access-control-allow-origin'), allowed ?? null);
    assert.equal(answer.headers.get('vary'), 'Origin');
    assert.equal(answer.headers.get('x-mine'), 'new');
    assert.equal(answer.headers.get('x-frame-options'), 'SAMEORIGIN');
  }
  assert.deepEqual(seen, [SHOP], 'the service was asked once');
});

test('headers that are asked for are repeated only if they are plain names', async (t) => {
  const haproxy = await gateway(t);
  for (const asked of ['x-a"', 'x-a;b', "x-a'", '%[src]', 'x\u00e9']) {
    const answer = await ask(haproxy, '/own', preflight(SHOP, 'GET', asked));
    assert.equal(answer.status, 204);
    assert.equal(answer['access-control-allow-headers'], undefined, asked);
  }
});
