import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:http2';
import { test, type TestContext } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import { until } from '../../../test/support/until.ts';
import type { BreakerSpec } from '../../spec/spec.ts';
import type { GatewaySleep } from '../gateway.ts';
import { plan } from '../plan.ts';
import { runHaproxy, sendRaw, type RunningHaproxy } from './fixtures/haproxy.ts';
import { MACHINE, gatewayState, route, server, service } from './fixtures/states.ts';
import { guardedState, inSeconds, issuer } from './fixtures/tokens.ts';
import { startUpstream } from './fixtures/upstream.ts';

const CACHE = { ttlMs: 60_000, sizeBytes: 2 ** 20, maxObjectBytes: 64 * 1024 };
const TEXT = 'word '.repeat(200);

interface Seen {
  readonly status: number;
  readonly cache: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** A service that counts and says what it is told in the query: `?set=name:value`, `?status=`, `?length=`. */
async function cached(
  t: TestContext,
  {
    routes = [route({ path: '/*', cache: CACHE })],
    sticky = false,
    trustedProxies = [] as readonly string[],
    cacheEpochs = {},
    sleep = null as GatewaySleep | null,
    breaker = null as BreakerSpec | null,
  } = {},
) {
  let count = 0;
  const upstream = await startUpstream(t, 'a', {
    '/c': (request, response) => {
      const query = new URL(request.url ?? '', 'http://x').searchParams;
      const set = query
        .getAll('set')
        .flatMap((line) => /^([^:]+):(.*)$/.exec(line)?.slice(1) ?? []);
      request.resume();
      response.writeHead(Number(query.get('status') ?? 200), [
        'content-type',
        'text/plain',
        ...set,
      ]);
      const length = Number(query.get('length') ?? 0);
      const text = `${++count} ${request.headers.host} ${length > 0 ? 'x'.repeat(length) : TEXT}`;
      response.end(set.includes('gzip') ? gzipSync(text) : text);
    },
  });
  const state = gatewayState(
    [service({ sticky, sleep, breaker, servers: [server('api-1', upstream.port)] })],
    { routes, trustedProxies },
  );
  const haproxy = await runHaproxy(t, { ...state, cacheEpochs });
  return { haproxy, upstream };
}

/** Asks by hand, so that no client adds headers of its own or unpacks anything. */
async function ask(haproxy: RunningHaproxy, target: string, ...lines: string[]): Promise<Seen> {
  const [, method = 'GET', path = target] = /^([A-Z]+) (.*)$/.exec(target) ?? [];
  const host = lines.some((line) => /^host:/i.test(line)) ? [] : ['Host: shop.example'];
  const head = [`${method} ${path} HTTP/1.1`, ...host, 'Connection: close', ...lines];
  const raw = await sendRaw(haproxy.port, `${head.join('\r\n')}\r\n\r\n`);
  const [top = '', ...rest] = raw.split('\r\n\r\n');
  const [status = '', ...fields] = top.split('\r\n');
  const headers = Object.fromEntries(
    fields.map((field) => {
      const at = field.indexOf(':');
      return [field.slice(0, at).toLowerCase(), field.slice(at + 1).trim()];
    }),
  );
  const body = rest.join('\r\n\r\n');
  return {
    status: Number(status.split(' ')[1]),
    cache: headers['cache-status'] ?? '',
    body: headers['transfer-encoding'] === 'chunked' ? unchunked(body) : body,
    headers,
  };
}

function unchunked(text: string): string {
  let plain = '';
  for (let at = 0; ; ) {
    const end = text.indexOf('\r\n', at);
    const length = Number.parseInt(text.slice(at, end), 16);
    if (!(length > 0)) return plain;
    plain += text.slice(end + 2, end + 2 + length);
    at = end + 2 + length + 2;
  }
}

const HIT = 'tidegate; hit';
const MISS = 'tidegate; fwd=miss';
const setting = (...fields: string[]) =>
  `/c?${fields.map((field) => `set=${encodeURIComponent(field)}`).join('&')}`;

test('an answer that says nothing of its age is kept for the route’s ttl, and nobody is told so', async (t) => {
  const { haproxy, upstream } = await cached(t);
  const first = await ask(haproxy, '/c');
  const second = await ask(haproxy, '/c');
  assert.deepEqual([first.cache, second.cache], [MISS, HIT]);
  assert.equal(second.body, first.body);
  assert.equal(upstream.seen.length, 1);
  assert.equal(first.headers['age'], undefined);
  assert.match(second.headers['age'] ?? '', /^\d$/);
  for (const { headers } of [first, second]) assert.equal(headers['cache-control'], undefined);
  assert.notEqual(first.headers['x-request-id'], second.headers['x-request-id']);
});

test('the service may ask for less than the ttl and gets no more', async (t) => {
  const { haproxy } = await cached(t);
  for (const field of [
    'x-a:b',
    'cache-control:max-age=30',
    'cache-control:max-age=3600',
    'etag:"x"',
  ]) {
    await ask(haproxy, setting(field));
    assert.equal((await ask(haproxy, setting(field))).cache, HIT, field);
  }
  const left = [...(await haproxy.tell('show cache')).matchAll(/expire:(\d+)/g)].map(([, s]) =>
    Number(s),
  );
  assert.ok(left.length >= 2 && left.every((seconds) => seconds <= 60), left.join(' '));
  assert.ok(
    left.some((seconds) => seconds <= 30),
    left.join(' '),
  );
  // HAProxy counts whole seconds, so how long this one is kept is up to the moment.
  await ask(haproxy, setting('cache-control:max-age=1'));
  await until('a second is over', async () => {
    return (await ask(haproxy, setting('cache-control:max-age=1'))).cache === MISS;
  });
});

const NEVER = [
  'cache-control:no-store',
  'cache-control:private',
  'cache-control:PRIVATE, max-age=60',
  'cache-control:private="x", max-age=60',
  'cache-control:max-age=60, no-store',
  'cache-control:max-age=60; no-store',
  'cache-control:max-age=60 private',
  'cache-control:no-cache',
  'cache-control:no-cache="set-cookie", max-age=60',
  'cache-control:max-age=0',
  'cache-control:s-maxage=0',
  'cache-control:max-age=00',
  'cache-control:max-age = 0',
  'cache-control:MAX-AGE="0"',
  'cache-control:s-maxage="0", max-age=60',
  'pragma:no-cache',
  'expires:0',
  'expires:Thu, 01 Jan 1970 00:00:00 GMT',
  'set-cookie:who=me',
  'vary:*',
  'vary:Origin',
  'vary:Referer',
  'vary:Accept-Encoding, Referer',
  'vary:Cookie',
  'vary:Accept-Encoding, Origin',
  'content-encoding:gzip',
];

for (const field of NEVER) {
  test(`an answer with ${field} is not kept`, async (t) => {
    const { haproxy } = await cached(t);
    // By itself HAProxy would keep one for each page it was asked from, later versions for each origin.
    const lines = ['Origin: https://a.example', 'Referer: https://a.example/'];
    const first = await ask(haproxy, setting(field), ...lines);
    assert.deepEqual([first.status, first.cache], [200, MISS]);
    assert.equal((await ask(haproxy, setting(field), ...lines)).cache, MISS);
    const [name = '', value] = field.split(/:(.*)/);
    assert.equal(first.headers[name], value, 'it passes as it is');
  });
}

test('two lines of Vary are one list', async (t) => {
  const { haproxy } = await cached(t);
  const path = setting('vary:Accept-Encoding', 'vary:Cookie');
  await ask(haproxy, path);
  assert.equal((await ask(haproxy, path)).cache, MISS);
});

test('only a 200 to GET is kept; HEAD is answered from it', async (t) => {
  const { haproxy } = await cached(t);
  for (const status of [404, 301, 500]) {
    await ask(haproxy, `/c?status=${status}`);
    assert.equal((await ask(haproxy, `/c?status=${status}`)).cache, MISS);
  }
  await ask(haproxy, 'HEAD /c');
  assert.equal((await ask(haproxy, '/c')).cache, MISS);
  const head = await ask(haproxy, 'HEAD /c');
  assert.deepEqual([head.cache, head.body], [HIT, '']);
});

test('what a client asks for itself, in part, with a body or as somebody goes to the service and is not kept', async (t) => {
  const { haproxy } = await cached(t);
  await ask(haproxy, '/c');
  const requests: readonly (readonly [string, ...string[]])[] = [
    ['bypass', 'Authorization: Bearer x'],
    ['bypass', 'Range: bytes=0-3'],
    ['bypass', 'X-Original-URL: /admin'],
    ['bypass', 'X-Rewrite-URL: /admin'],
    ['bypass', 'X-Original-Host: evil.example'],
    ['bypass', 'X-Host: evil.example'],
    ['bypass', 'X-HTTP-Host-Override: evil.example'],
    ['bypass', 'X-Override-URL: /admin'],
    ['bypass', 'X-HTTP-Method-Override: DELETE'],
    ['bypass', 'X-HTTP-MethodOverride: DELETE'],
    ['bypass', 'Content-Length: 3', '', 'abc'],
    ['bypass', 'Transfer-Encoding: chunked', '', '3\r\nabc\r\n0\r\n'],
    ['request', 'Cache-Control: no-cache'],
    ['request', 'Cache-Control: max-age=0'],
    ['request', 'Pragma: no-cache'],
  ];
  for (const [index, [why, ...lines]] of requests.entries()) {
    assert.equal((await ask(haproxy, '/c', ...lines)).cache, `tidegate; fwd=${why}`, lines[0]);
    await ask(haproxy, `/c?${index}`, ...lines);
    assert.equal((await ask(haproxy, `/c?${index}`)).cache, MISS, `${lines[0]}: it is not kept`);
  }
});

test('a body that comes late over HTTP/2 is a body, too', async (t) => {
  const { haproxy } = await cached(t);
  const client = connect(haproxy.url);
  t.after(() => client.destroy());
  const ask2 = async (path: string, body: string | null): Promise<unknown> => {
    const stream = client.request({ ':path': path }, { endStream: body === null });
    const [headers] = (await once(stream, 'response')) as [Record<string, unknown>];
    if (body !== null) stream.end(body);
    stream.resume();
    await once(stream, 'end');
    return headers['cache-status'];
  };
  for (const body of ['what others are to get', '']) {
    assert.equal(await ask2('/c', body), 'tidegate; fwd=bypass', 'asked before it has come');
  }
  assert.equal(await ask2('/c', null), MISS);
  assert.equal(await ask2('/c', null), HIT);
  assert.equal(await ask2('/c', 'x'), 'tidegate; fwd=bypass');
  client.destroy();
  await once(client, 'close');
});

function mapOf(haproxy: RunningHaproxy, name = 'epochs.map'): string {
  return `${/stats socket (\S+)\/runtime\.sock/.exec(haproxy.planned.rendered.config)?.[1]}/${name}`;
}

test('a host, a query and a port are addresses of their own', async (t) => {
  const { haproxy } = await cached(t);
  const a = await ask(haproxy, '/c', 'Host: a.example');
  const b = await ask(haproxy, '/c', 'Host: b.example');
  assert.deepEqual([a.cache, b.cache], [MISS, MISS]);
  assert.match(a.body, /^1 a\.example /);
  assert.match(b.body, /^2 b\.example /);
  assert.match((await ask(haproxy, '/c', 'Host: a.example')).body, /^1 a\.example /);
  assert.equal((await ask(haproxy, '/c', 'Host: a.example:81')).cache, MISS);
  assert.equal((await ask(haproxy, '/c?a=1', 'Host: a.example')).cache, MISS);
  assert.equal((await ask(haproxy, '/c?a=2', 'Host: a.example')).cache, MISS);
  assert.equal((await ask(haproxy, '/c?a=1', 'Host: a.example')).cache, HIT);
});

test('what was made for https is not served to http', async (t) => {
  const { haproxy } = await cached(t, { trustedProxies: ['127.0.0.1'] });
  const https = ['X-Forwarded-For: 192.0.2.1', 'X-Forwarded-Proto: https'];
  assert.equal((await ask(haproxy, '/c', ...https)).cache, MISS);
  assert.equal((await ask(haproxy, '/c')).cache, MISS);
  assert.equal((await ask(haproxy, '/c', ...https)).cache, HIT);
});

test('no host of a client’s choice is another host, or an epoch to come', async (t) => {
  const { haproxy } = await cached(t);
  await ask(haproxy, '/c', 'Host: evil.example');
  for (const host of ['5|http|shop.example', '0|http|shop.example']) {
    await ask(haproxy, '/c', `Host: ${host}`);
  }
  await ask(haproxy, 'GET http://evil.example/c', 'Host: evil.example');
  assert.doesNotMatch((await ask(haproxy, '/c')).body, /evil|\|/);
  await haproxy.tell(`set map ${mapOf(haproxy)} 1 5`);
  assert.equal((await ask(haproxy, '/c')).cache, MISS);
});

test('a purge is another number in the map, over HTTP/1.1 and HTTP/2', async (t) => {
  const { haproxy } = await cached(t, { cacheEpochs: { '/*': 7 } });
  const client = connect(haproxy.url);
  t.after(() => client.destroy());
  const ask2 = (authority: string): Promise<readonly [string, string]> =>
    new Promise((resolve, reject) => {
      const stream = client.request({ ':path': '/c', ':authority': authority });
      let [status, body] = ['', ''];
      stream.on('response', (headers) => (status = String(headers['cache-status'])));
      stream.on('data', (chunk: Buffer) => (body += chunk.toString()));
      stream.on('end', () => resolve([status, body]));
      stream.on('error', reject);
    });
  assert.equal((await ask2('a.example'))[0], MISS);
  assert.equal((await ask2('a.example'))[0], HIT);
  const [status, body] = await ask2('b.example');
  assert.equal(status, MISS);
  assert.match(body, / b\.example /);
  await ask(haproxy, '/c');
  assert.equal((await ask(haproxy, '/c')).cache, HIT);

  assert.match(haproxy.planned.rendered.maps['epochs.map'] ?? '', /^1 7$/m);
  await haproxy.tell(`set map ${mapOf(haproxy)} 1 8`);
  assert.equal((await ask2('a.example'))[0], MISS);
  assert.equal((await ask2('a.example'))[0], HIT);
  assert.equal((await ask(haproxy, '/c')).cache, MISS);
});

test('a change at an address forgets what was kept of it, one that failed does not', async (t) => {
  const { haproxy } = await cached(t);
  await ask(haproxy, '/c?status=200');
  const failed = await ask(haproxy, 'POST /c?status=500', 'Content-Length: 0');
  assert.equal(failed.cache, 'tidegate; fwd=method');
  assert.equal((await ask(haproxy, '/c?status=200')).cache, HIT);
  await ask(haproxy, 'PUT /c?status=200', 'Content-Length: 0');
  assert.equal((await ask(haproxy, '/c?status=200')).cache, MISS);
});

test('who knows the answer already gets 304 from the cache', async (t) => {
  const { haproxy, upstream } = await cached(t);
  await ask(haproxy, setting('etag:"v1"'));
  const known = await ask(haproxy, setting('etag:"v1"'), 'If-None-Match: "v1"');
  assert.deepEqual([known.status, known.cache, known.body], [304, HIT, '']);
  const other = await ask(haproxy, setting('etag:"v1"'), 'If-None-Match: "v2"');
  assert.deepEqual([other.status, other.cache], [200, HIT]);
  assert.equal(upstream.seen.length, 1);
});

test('clients with and without gzip get what they can read, whoever was first', async (t) => {
  const { haproxy } = await cached(t);
  const zipped = 'Accept-Encoding: gzip';
  for (const order of [
    ['/c?1', zipped, ''],
    ['/c?2', '', zipped],
  ] as const) {
    const [path, ...accepts] = order;
    for (const [index, accept] of accepts.entries()) {
      const answer = await ask(haproxy, path, ...(accept ? [accept] : []));
      assert.equal(answer.cache, index === 0 ? MISS : HIT);
      assert.equal(answer.headers['content-encoding'], accept ? 'gzip' : undefined);
      assert.match(textOf(answer), / word word /);
    }
  }
});

test('a service that compresses by itself has each form kept for those who accept it', async (t) => {
  const { haproxy } = await cached(t);
  const path = setting('content-encoding:gzip', 'vary:Accept-Encoding', 'cache-control:max-age=60');
  const first = await ask(haproxy, path, 'Accept-Encoding: gzip');
  const second = await ask(haproxy, path, 'Accept-Encoding: br, gzip;q=0.5');
  assert.deepEqual([first.cache, second.cache], [MISS, HIT]);
  assert.match(textOf(second), / word word /);
  assert.equal((await ask(haproxy, path)).cache, MISS, 'not to one that cannot read it');
  assert.equal((await ask(haproxy, path, 'Accept-Encoding: br')).cache, MISS);
});

function textOf({ body, headers }: Seen): string {
  const bytes = Buffer.from(body, 'latin1');
  return (headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes).toString();
}

test('the cookie of a sticky client is neither kept nor handed to others', async (t) => {
  const { haproxy } = await cached(t, { sticky: true });
  const first = await ask(haproxy, '/c');
  assert.match(first.headers['set-cookie'] ?? JSON.stringify(first), /^tidegate-api=/);
  const second = await ask(haproxy, '/c');
  assert.deepEqual([second.cache, second.headers['set-cookie']], [HIT, undefined]);
});

test('an answer larger than maxObject passes and is not kept, with a length and without', async (t) => {
  const { haproxy } = await cached(t);
  for (const path of ['/c?length=100000', '/c?length=100000&set=content-length:100015']) {
    const answer = await ask(haproxy, path);
    assert.ok(answer.body.length >= 100_000);
    assert.equal((await ask(haproxy, path)).cache, MISS);
  }
});

test('pages of other origins get their own headers with one kept answer', async (t) => {
  const cors = {
    origins: ['https://a.example', 'https://b.example'],
    methods: [],
    headers: [],
    credentials: true,
    maxAgeMs: 1000,
  };
  const { haproxy } = await cached(t, { routes: [route({ path: '/*', cache: CACHE, cors })] });
  for (const [origin, cache] of [
    ['https://a.example', MISS],
    ['https://b.example', HIT],
    ['https://a.example', HIT],
  ] as const) {
    const answer = await ask(haproxy, '/c', `Origin: ${origin}`);
    assert.equal(answer.cache, cache);
    assert.equal(answer.headers['access-control-allow-origin'], origin);
  }
  const other = await ask(haproxy, '/c', 'Origin: https://evil.example');
  assert.equal(other.headers['access-control-allow-origin'], undefined);
});

test('routes have caches of their own, and a rewritten path is kept by the path that was asked for', async (t) => {
  const { haproxy, upstream } = await cached(t, {
    routes: [
      route({ path: '/c', headers: { 'x-beta': '1' }, id: '/c', cache: CACHE }),
      route({ path: '/old/*', cache: CACHE, rewrite: '/c' }),
      route({ path: '/c', id: '/c#2', cache: CACHE }),
      route({ path: '/*' }),
    ],
  });
  await ask(haproxy, '/c', 'X-Beta: 1');
  assert.equal((await ask(haproxy, '/c')).cache, MISS);
  assert.equal((await ask(haproxy, '/c', 'X-Beta: 1')).cache, HIT);
  await ask(haproxy, '/old/a');
  assert.equal((await ask(haproxy, '/old/a')).cache, HIT);
  assert.equal((await ask(haproxy, '/old/b')).cache, MISS);
  assert.equal(upstream.seen.at(-1)?.url, '/c');
  assert.equal((await ask(haproxy, '/other')).cache, '', 'a route without a cache says nothing');
});

test('a hit needs no replica', async (t) => {
  const { haproxy } = await cached(t);
  await ask(haproxy, '/c');
  await haproxy.tell('set server api/s1 state maint', 'set server api/s1b state maint');
  const hit = await ask(haproxy, '/c');
  assert.deepEqual([hit.status, hit.cache], [200, HIT]);
  assert.equal((await ask(haproxy, '/c?other')).status, 503);
});

test('a hit needs no closed circuit', async (t) => {
  const { haproxy, upstream } = await cached(t, { breaker: { errors: 0.5, windowMs: 10_000 } });
  await ask(haproxy, '/c');
  const { state } = haproxy.planned;
  const circuit = { kind: 'open', untilS: Math.floor(Date.now() / 1000) + 60 } as const;
  const { api } = state.services;
  assert.ok(api);
  const next = { ...state, services: { api: { ...api, circuit } } };
  const folder = mapOf(haproxy, '').slice(0, -1);
  const opened = plan(haproxy.planned, next, { folder, runFolder: folder }, MACHINE);
  assert.ok(opened.kind === 'runtime');
  await haproxy.tell(...opened.commands);
  assert.equal((await ask(haproxy, '/c?other')).status, 503);
  assert.equal((await ask(haproxy, '/c')).cache, HIT);
  assert.equal(upstream.seen.length, 1);
});

test('a route that asks for a token keeps nothing and answers nobody without one', async (t) => {
  const { key, token } = issuer('HS256');
  const { state } = (await cached(t)).haproxy.planned;
  const port = state.services['api']?.servers[0]?.port as number;
  const guarded = guardedState(port, [key]);
  const routes = guarded.gateway.routes.map((one) => ({ ...one, cache: CACHE }));
  const haproxy = await runHaproxy(t, { ...guarded, gateway: { ...guarded.gateway, routes } });
  for (const sub of ['a', 'b']) {
    const bearer = token({ sub, exp: inSeconds(60) });
    const answer = await ask(haproxy, '/c', `Authorization: Bearer ${bearer}`);
    assert.deepEqual([answer.status, answer.cache], [200, '']);
    assert.equal((await ask(haproxy, '/c')).status, 401);
  }
  assert.doesNotMatch(haproxy.planned.rendered.config, /cache-use|cache-store/);
});

test('a hit wakes nobody', async (t) => {
  const sleep = { state: 'awake', retryAfterSeconds: 1, holdMs: 100 } as const;
  const { haproxy } = await cached(t, { sleep });
  assert.equal((await ask(haproxy, '/c')).cache, MISS);
  await haproxy.tell(`set map ${mapOf(haproxy, 'sleep.map')} api asleep`);
  assert.equal((await ask(haproxy, '/c')).cache, HIT);
  assert.equal((await ask(haproxy, '/c?other')).status, 503, 'who is not kept is held');
  await until('the log is in', () => haproxy.lines.some(({ status }) => status === 503));
  const demands = haproxy.lines.filter((line) => !('status' in line));
  assert.equal(demands.length, 1);
});

test('a state without a cache renders nothing of it', async (t) => {
  const { haproxy } = await cached(t, { routes: [route({ path: '/*' })] });
  const { config, maps } = haproxy.planned.rendered;
  assert.doesNotMatch(config, /cache-use|cache-store|filter|cache-status|txn\.cache/);
  assert.equal(maps['epochs.map'], undefined);
});
