import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from '../../../test/support/until.ts';
import { plan } from '../plan.ts';
import { runHaproxy, sendRaw, type RunningHaproxy } from './fixtures/haproxy.ts';
import { MACHINE, gatewayState, route, server, service } from './fixtures/states.ts';
import { startUpstream } from './fixtures/upstream.ts';

interface Echo {
  readonly name: string;
  readonly headers: Readonly<Record<string, string>>;
}

async function echo(url: string, init: RequestInit = {}): Promise<Echo> {
  const response = await fetch(url, init);
  assert.equal(response.status, 200);
  return (await response.json()) as Echo;
}

async function untilStatus(haproxy: RunningHaproxy, name: string, status: string): Promise<void> {
  await until(`${name} is ${status}`, async () => {
    const stat = await haproxy.stat();
    return stat.get(name)?.['status']?.startsWith(status);
  });
}

test('a replica that fails its checks is out of rotation; when all fail, all keep their traffic', async (t) => {
  const [a, b] = [await startUpstream(t, 'a'), await startUpstream(t, 'b')];
  const servers = [server('api-1', a.port), server('api-2', b.port)];
  const haproxy = await runHaproxy(t, gatewayState([service({ servers })]));

  a.health = 500;
  await untilStatus(haproxy, 'api/s1', 'DOWN');
  for (let n = 0; n < 6; n++) assert.equal((await echo(haproxy.url)).name, 'b');

  b.health = 503;
  await untilStatus(haproxy, 'api/s2', 'DOWN');
  const names = new Set<string>();
  for (let n = 0; n < 6; n++) names.add((await echo(haproxy.url)).name);
  assert.deepEqual([...names].sort(), ['a', 'b']);

  a.health = 200;
  await untilStatus(haproxy, 'api/s1', 'UP');
  for (let n = 0; n < 6; n++) assert.equal((await echo(haproxy.url)).name, 'a');
});

test('a client with a cookie leaves a replica that fails its checks, unless all fail', async (t) => {
  const [a, b] = [await startUpstream(t, 'a'), await startUpstream(t, 'b')];
  const servers = [server('api-1', a.port), server('api-2', b.port)];
  const haproxy = await runHaproxy(t, gatewayState([service({ servers, sticky: true })]));
  const first = await fetch(haproxy.url);
  const { name } = (await first.json()) as Echo;
  const setCookie = first.headers.get('set-cookie') ?? '';
  assert.match(setCookie, /^tidegate-api=s[12]; path=\/; HttpOnly; SameSite=Lax$/);
  const headers = { cookie: setCookie.split(';')[0] as string };
  for (let n = 0; n < 4; n++) assert.equal((await echo(haproxy.url, { headers })).name, name);

  const [mine, other] = name === 'a' ? [a, b] : [b, a];
  const [slot, otherSlot] = name === 'a' ? ['s1', 's2'] : ['s2', 's1'];
  mine.health = 500;
  await untilStatus(haproxy, `api/${slot}`, 'DOWN');
  for (let n = 0; n < 4; n++) assert.equal((await echo(haproxy.url, { headers })).name, other.name);

  other.health = 500;
  await untilStatus(haproxy, `api/${otherSlot}`, 'DOWN');
  for (let n = 0; n < 4; n++) assert.equal((await echo(haproxy.url, { headers })).name, name);
});

test('replicas are added, drained, removed and their slots used again by the commands of the plan', async (t) => {
  const [a, b] = [await startUpstream(t, 'a'), await startUpstream(t, 'b')];
  const state = (...servers: ReturnType<typeof server>[]) =>
    gatewayState([service({ slots: 1, servers })], { port: haproxy.port });
  const haproxy = await runHaproxy(
    t,
    gatewayState([service({ slots: 1, servers: [server('api-1', a.port, 'drain')] })]),
  );
  let { planned } = haproxy;
  const paths = pathsOf(planned.rendered.config);
  const move = async (...servers: ReturnType<typeof server>[]): Promise<void> => {
    const next = plan(planned, state(...servers), paths, MACHINE);
    assert.ok(next.kind === 'runtime', JSON.stringify(next));
    assert.equal((await haproxy.tell(...next.commands)).replaceAll(/no need.*|\n/g, ''), '');
    planned = next.next;
  };
  assert.equal((await fetch(haproxy.url)).status, 503, 'drains from the start');

  await move(server('api-1', a.port));
  assert.equal((await echo(haproxy.url)).name, 'a');
  await move(server('api-1', a.port, 'drain'));
  assert.equal((await fetch(haproxy.url)).status, 503);
  await move(server('api-2', b.port));
  assert.equal((await echo(haproxy.url)).name, 'b');
  await move();
  const none = await fetch(haproxy.url);
  assert.equal(none.status, 503);
  assert.equal(none.headers.get('retry-after'), '1');
});

function pathsOf(config: string): { folder: string; runFolder: string } {
  const folder = /stats socket (\S+)\/runtime\.sock/.exec(config)?.[1] as string;
  return { folder, runFolder: folder };
}

test('the service sees who asked, through what, and nothing a client forged', async (t) => {
  const a = await startUpstream(t, 'a');
  const haproxy = await runHaproxy(t, gatewayState([service({ servers: [server('x', a.port)] })]));
  const answer = await sendRaw(
    haproxy.port,
    [
      'GET /x?y=1 HTTP/1.1',
      'Host: shop.example:8080',
      'X-Forwarded-For: 6.6.6.6',
      'X_Forwarded_For: 6.6.6.6',
      'X-Forwarded-Proto: https',
      'X-Forwarded-Prefix: /x',
      'X-Real-IP: 6.6.6.6',
      'X-Tidegate-User: root',
      'x_tidegate_user: root',
      'Forwarded: for=6.6.6.6',
      'Proxy: http://6.6.6.6',
      'Proxy-Authorization: x',
      'TE: trailers',
      'Keep-Alive: timeout=9',
      'Upgrade: h2c',
      'HTTP2-Settings: AAMAAABkAAQAAP__',
      'Connection: close, Upgrade, HTTP2-Settings',
      'X-Mine: kept',
      '\r\n',
    ].join('\r\n'),
  );
  const [head = '', body = ''] = answer.split('\r\n\r\n');
  const { headers } = JSON.parse(body) as Echo;
  assert.match(headers['x-request-id'] ?? '', /^[0-9a-f-]{36}$/);
  assert.match(headers['traceparent'] ?? '', /^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
  assert.doesNotMatch(headers['traceparent'] ?? '', /00000000/);
  assert.match(head, new RegExp(`^x-request-id: ${headers['x-request-id']}\\r?$`, 'm'));
  assert.doesNotMatch(head, /^keep-alive:/im);
  const { 'x-request-id': _id, traceparent: _trace, ...rest } = headers;
  assert.deepEqual(rest, {
    host: 'shop.example:8080',
    'http2-settings': 'AAMAAABkAAQAAP__',
    'x-mine': 'kept',
    'x-forwarded-for': '127.0.0.1',
    'x-forwarded-proto': 'http',
    'x-forwarded-host': 'shop.example:8080',
  });
});

test('a forged or hop-by-hop header goes also when it comes alone or last, one that only looks like it stays', async (t) => {
  const a = await startUpstream(t, 'a');
  const haproxy = await runHaproxy(t, gatewayState([service({ servers: [server('x', a.port)] })]));
  const sent = async (names: readonly string[]): Promise<Echo['headers']> => {
    const lines = names.map((name) => `${name}: 6.6.6.6\r\n`).join('');
    const answer = await sendRaw(
      haproxy.port,
      `GET / HTTP/1.1\r\nHost: x\r\n${lines}Connection: close\r\n\r\n`,
    );
    const [head = '', body = ''] = answer.split('\r\n\r\n');
    assert.match(head, /^HTTP\/1.1 200/);
    return (JSON.parse(body.slice(body.indexOf('{'), body.lastIndexOf('}') + 1)) as Echo).headers;
  };
  const many = Array.from({ length: 80 }, (_, at) => `x-${at}-${'y'.repeat(120)}`);
  const forged = ['X-Forwarded-Port', 'x_forwarded', 'X-Tidegate-User', 'x_tidegate_', 'X-Real-IP'];
  const hopByHop = ['keep-alive', 'proxy-connection', 'proxy-authorization', 'proxy', 'te'];
  for (const name of [...forged, ...hopByHop, 'x_real_ip', 'Forwarded', 'Upgrade']) {
    assert.equal((await sent([name]))[name.toLowerCase()], undefined, name);
    assert.equal((await sent([...many, name]))[name.toLowerCase()], undefined, name);
  }
  for (const name of [
    'my-x-real-ip',
    'proxy-x',
    'tea',
    'x-forward',
    'not-forwarded',
    'keep-alives',
  ]) {
    assert.equal((await sent([name]))[name], '6.6.6.6', name);
  }
});

test('the probe is answered and not logged; with a query it is a request like others', async (t) => {
  const a = await startUpstream(t, 'a');
  const haproxy = await runHaproxy(t, gatewayState([service({ servers: [server('x', a.port)] })]));
  const probe = await fetch(`${haproxy.url}/.tidegate/health`);
  assert.equal(probe.headers.get('content-type'), 'application/json');
  assert.equal(probe.headers.get('cache-control'), 'no-store');
  assert.deepEqual(await probe.json(), { status: 'ok' });
  assert.equal((await echo(`${haproxy.url}/.tidegate/health?x`)).name, 'a');
  await until('a line', () => haproxy.lines.length > 0);
  assert.deepEqual(
    haproxy.lines.map((line) => line['service']),
    ['api'],
  );
});

test('a well-formed request id and a traceparent of the client are kept, another id is replaced', async (t) => {
  const a = await startUpstream(t, 'a');
  const haproxy = await runHaproxy(t, gatewayState([service({ servers: [server('x', a.port)] })]));
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00';
  const kept = await echo(haproxy.url, {
    headers: { 'x-request-id': 'abc.DEF-123_4', traceparent },
  });
  assert.equal(kept.headers['x-request-id'], 'abc.DEF-123_4');
  assert.equal(kept.headers['traceparent'], traceparent);
  const headersAgain = { 'x-request-id': 'abc.DEF-123_4' };
  const traces = new Set<string | undefined>();
  for (let n = 0; n < 3; n++) {
    traces.add((await echo(haproxy.url, { headers: headersAgain })).headers['traceparent']);
  }
  assert.equal(traces.size, 3, 'who repeats an id does not repeat a trace');
  for (const bad of ['short', 'a'.repeat(129), 'abcdefgh"}', 'abcdefgh,ijklmnop']) {
    const { headers } = await echo(haproxy.url, { headers: { 'x-request-id': bad } });
    assert.match(headers['x-request-id'] ?? '', /^[0-9a-f-]{36}$/, bad);
  }
});

test('errors of the gateway are problem+json and carry the request id', async (t) => {
  const a = await startUpstream(t, 'a', {
    '/slow': () => undefined,
    '/broken': (_request, response) => response.socket?.end('nonsense\r\n\r\n'),
  });
  const routes = [
    route({ path: '/api/*', bodyLimitBytes: 100 }),
    route({ path: '/slow', timeoutMs: 200 }),
    route({ path: '/broken' }),
    route({ path: '/empty', service: 'empty' }),
  ];
  const services = [
    service({ servers: [server('x', a.port)], retries: 0 }),
    service({ name: 'empty' }),
  ];
  const haproxy = await runHaproxy(t, gatewayState(services, { routes }));
  const cases = [
    ['/nowhere', 404, {}],
    ['/api/x', 413, { method: 'POST', body: 'x'.repeat(101) }],
    ['/slow', 504, {}],
    ['/broken', 502, {}],
    ['/empty', 503, {}],
  ] as const;
  for (const [path, status, init] of cases) {
    const response = await fetch(`${haproxy.url}${path}`, init);
    assert.equal(response.status, status, path);
    assert.equal(response.headers.get('content-type'), 'application/problem+json');
    assert.match(response.headers.get('x-request-id') ?? '', /^[0-9a-f-]{36}$/);
    assert.equal(((await response.json()) as { status: number }).status, status);
  }
  assert.equal(
    (await fetch(`${haproxy.url}/api`, { method: 'POST', body: 'x'.repeat(100) })).status,
    200,
  );
  // 2^32 + 5: a limit that reads 32 bits would see 5.
  const huge = `POST /api HTTP/1.1\r\nHost: x\r\nContent-Length: 4294967301\r\n\r\n`;
  assert.match(await sendRaw(haproxy.port, huge), /^HTTP\/1\.1 413/);
});

test('a request that may have been processed is sent again only when its method is idempotent', async (t) => {
  const die = (request: { socket: { destroy(): void } }): void => request.socket.destroy();
  const a = await startUpstream(t, 'a', { '/x': die });
  const b = await startUpstream(t, 'b', { '/x': die });
  const servers = [server('api-1', a.port), server('api-2', b.port)];
  const haproxy = await runHaproxy(t, gatewayState([service({ servers })]));
  const tries = async (method: string): Promise<number> => {
    const before = a.seen.length + b.seen.length;
    await fetch(`${haproxy.url}/x`, { method }).catch(() => undefined);
    return a.seen.length + b.seen.length - before;
  };
  assert.equal(await tries('GET'), 3);
  assert.equal(await tries('DELETE'), 3);
  assert.equal(await tries('POST'), 1);
  assert.equal(await tries('PATCH'), 1);

  await a.stop();
  for (let n = 0; n < 4; n++) {
    const { name } = await echo(`${haproxy.url}/y`, { method: 'POST', body: '1' });
    assert.equal(name, 'b', 'refused connections are tried elsewhere for every method');
  }
});

test('a replica that refuses connections gets no more requests, also while all the others are full', async (t) => {
  const slow = (_: unknown, response: { end(text: string): void }): void =>
    void setTimeout(() => response.end('b'), 50);
  const [a, b] = [await startUpstream(t, 'a'), await startUpstream(t, 'b', { '/x': slow })];
  const servers = [server('api-1', a.port), server('api-2', b.port)];
  // No check finds out in time that it has gone.
  const health = { ...service().spec.health, intervalMs: 60_000 };
  const busy = service({ servers, health, concurrency: 1, balance: { kind: 'least-connections' } });
  const haproxy = await runHaproxy(t, gatewayState([busy]));
  await a.stop();
  const methods = ['GET', 'POST', 'GET', 'POST', 'GET', 'POST'];
  const answers = await Promise.all(
    methods.map(async (method) => {
      const response = await fetch(`${haproxy.url}/x`, { method });
      return `${response.status} ${await response.text()}`;
    }),
  );
  assert.deepEqual(
    answers,
    methods.map(() => '200 b'),
  );
});
