import assert from 'node:assert/strict';
import { connect } from 'node:http2';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { until } from '../../../test/support/until.ts';
import { runHaproxy, sendRaw } from './fixtures/haproxy.ts';
import type { RunningHaproxy } from './fixtures/haproxy.ts';
import { gatewayState, route, server, service } from './fixtures/states.ts';
import { startUpstream } from './fixtures/upstream.ts';

const PROXIES = ['127.0.0.1', '10.0.0.0/8', 'fd00::/8'];

interface Echo {
  readonly headers: Readonly<Record<string, string>>;
}

async function behind(
  t: TestContext,
  trustedProxies: readonly string[],
  gateway: Parameters<typeof gatewayState>[1] = {},
): Promise<RunningHaproxy> {
  const a = await startUpstream(t, 'a');
  const servers = [server('x', a.port)];
  return runHaproxy(t, gatewayState([service({ servers })], { trustedProxies, ...gateway }));
}

/** What the service is told of a request with these header lines. */
async function told(
  haproxy: RunningHaproxy,
  ...lines: readonly string[]
): Promise<Echo['headers']> {
  const sent = lines.map((line) => `${line}\r\n`).join('');
  const answer = await sendRaw(
    haproxy.port,
    `GET / HTTP/1.1\r\nHost: shop.test\r\n${sent}Connection: close\r\n\r\n`,
  );
  return (JSON.parse(answer.slice(answer.indexOf('{'), answer.lastIndexOf('}') + 1)) as Echo)
    .headers;
}

test('from a trusted proxy the client is the last that is none, from anybody else it is the peer', async (t) => {
  const haproxy = await behind(t, PROXIES);
  const client = async (...given: readonly string[]): Promise<string | undefined> =>
    (await told(haproxy, ...given.map((one) => `X-Forwarded-For: ${one}`)))['x-forwarded-for'];
  for (const [given, expected] of [
    [[], '127.0.0.1'],
    [['1.2.3.4'], '1.2.3.4'],
    [['6.6.6.6, 1.2.3.4'], '1.2.3.4'],
    [['6.6.6.6, 1.2.3.4, 10.0.0.1,10.255.0.2 , fd00::1'], '1.2.3.4'],
    [['6.6.6.6', '1.2.3.4', '10.0.0.1'], '1.2.3.4'],
    [['2001:db8::1'], '2001:db8::1'],
    [['2001:DB8:0::1, fd12::9'], '2001:db8::1'],
    [['1.2.3.4:4711'], '1.2.3.4'],
    [['6.6.6.6, [2001:db8::1]:4711'], '2001:db8::1'],
    [['6.6.6.6, [2001:db8::1], 10.0.0.1'], '2001:db8::1'],
    // Through proxies alone: the farthest of them asks.
    [['10.0.0.2, 10.0.0.1'], '10.0.0.2'],
    // What is no address ends the walk; what stands before it is not believed.
    [['6.6.6.6, unknown, 10.0.0.1'], '10.0.0.1'],
    [['6.6.6.6, , 10.0.0.1'], '10.0.0.1'],
    [['6.6.6.6,'], '127.0.0.1'],
    [['6.6.6.6, _hidden'], '127.0.0.1'],
    [['6.6.6.6, 1.2.3.4.5'], '127.0.0.1'],
    [['6.6.6.6, "1.2.3.4"'], '127.0.0.1'],
    [['6.6.6.6, [::1'], '127.0.0.1'],
    [['6.6.6.6, [1.2.3.4]x:1'], '127.0.0.1'],
    [[''], '127.0.0.1'],
    // More proxies in a row than are followed.
    [
      [`6.6.6.6, ${Array.from({ length: 8 }, (_, hop) => `10.0.0.${8 - hop}`).join(', ')}`],
      '10.0.0.8',
    ],
    [
      [`6.6.6.6, ${Array.from({ length: 7 }, (_, hop) => `10.0.0.${7 - hop}`).join(', ')}`],
      '6.6.6.6',
    ],
  ] as const) {
    assert.equal(await client(...given), expected, JSON.stringify(given));
  }

  const open = await behind(t, ['10.0.0.0/8']);
  const headers = await told(open, 'X-Forwarded-For: 1.2.3.4', 'X-Forwarded-Proto: https');
  assert.equal(headers['x-forwarded-for'], '127.0.0.1');
  assert.equal(headers['x-forwarded-proto'], 'http');
});

test('a trusted proxy says whether its client came over HTTPS, and nothing else', async (t) => {
  const haproxy = await behind(t, PROXIES);
  const proto = async (...given: readonly string[]): Promise<string | undefined> =>
    (await told(haproxy, ...given.map((one) => `X-Forwarded-Proto: ${one}`)))['x-forwarded-proto'];
  assert.equal(await proto('https'), 'https');
  assert.equal(await proto('HTTPS'), 'https');
  for (const given of [[], ['http'], ['ftp'], ['https, http'], ['https', 'https'], ['https"']]) {
    assert.equal(await proto(...given), 'http', given.join());
  }
  const headers = await told(
    haproxy,
    'X-Forwarded-Host: evil.test',
    'X-Forwarded-Port: 1',
    'X-Real-IP: 6.6.6.6',
    'Forwarded: for=6.6.6.6',
    'X_Forwarded_For: 6.6.6.6',
  );
  const { 'x-request-id': _id, traceparent: _trace, ...rest } = headers;
  assert.deepEqual(rest, {
    host: 'shop.test',
    'x-forwarded-for': '127.0.0.1',
    'x-forwarded-proto': 'http',
    'x-forwarded-host': 'shop.test',
  });
});

test('an address holds for its request alone on a connection that is kept', async (t) => {
  const haproxy = await behind(t, PROXIES);
  const answers = await sendRaw(
    haproxy.port,
    [
      'GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 1.1.1.1\r\nX-Forwarded-Proto: https\r\n\r\n',
      'GET / HTTP/1.1\r\nHost: a\r\n\r\n',
      'GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 2.2.2.2\r\nConnection: close\r\n\r\n',
    ].join(''),
  );
  assert.deepEqual(
    [...answers.matchAll(/"x-forwarded-for":"([^"]*)"/g)].map(([, address]) => address),
    ['1.1.1.1', '127.0.0.1', '2.2.2.2'],
  );
  assert.deepEqual(
    [...answers.matchAll(/"x-forwarded-proto":"([^"]*)"/g)].map(([, proto]) => proto),
    ['https', 'http', 'http'],
  );

  const session = connect(haproxy.url);
  t.after(() => session.destroy());
  const ask = (headers: Readonly<Record<string, string>>): Promise<string> =>
    new Promise((resolve, reject) => {
      let text = '';
      const stream = session.request({ ':path': '/', ...headers });
      stream.setEncoding('utf8');
      stream.on('data', (chunk: string) => (text += chunk));
      stream.on('error', reject);
      stream.on('end', () => resolve((JSON.parse(text) as Echo).headers['x-forwarded-for'] ?? ''));
    });
  const given = ['1.1.1.1', null, '2.2.2.2', null, '3.3.3.3'];
  const found = await Promise.all(
    given.map((address) => ask(address === null ? {} : { 'x-forwarded-for': address })),
  );
  assert.deepEqual(
    found,
    given.map((address) => address ?? '127.0.0.1'),
  );
});

test('the balance by address and the access log go by the true client', async (t) => {
  const ups = [await startUpstream(t, 'a'), await startUpstream(t, 'b')];
  const servers = ups.map(({ port }, index) => server(`r${index}`, port));
  const balance = { kind: 'hash', by: { kind: 'ip' } } as const;
  const haproxy = await runHaproxy(
    t,
    gatewayState([service({ servers, balance })], { trustedProxies: PROXIES, accessLog: true }),
  );
  const names = new Map<string, Set<string>>();
  for (let n = 0; n < 60; n++) {
    const client = `1.2.3.${n % 20}`;
    const answer = await fetch(haproxy.url, { headers: { 'x-forwarded-for': client } });
    const { name } = (await answer.json()) as { name: string };
    names.set(client, (names.get(client) ?? new Set()).add(name));
  }
  assert.ok(
    [...names.values()].every((some) => some.size === 1),
    'a client stays where it is',
  );
  assert.equal(new Set([...names.values()].map((some) => [...some][0])).size, 2);
  await until('all are logged', () => haproxy.lines.length >= 60);
  const logged = new Set(haproxy.lines.map((line) => line['client']));
  assert.deepEqual(logged, new Set(names.keys()));
});

test('limits count the true client, not the proxy before it', async (t) => {
  const haproxy = await behind(t, PROXIES, {
    rateLimit: { per: { kind: 'ip' }, requests: 2, windowMs: 600_000, followCapacity: false },
  });
  const ask = async (client: string): Promise<number> =>
    (await fetch(haproxy.url, { headers: { 'x-forwarded-for': client } })).status;
  for (const client of ['1.1.1.1', '2.2.2.2', '2001:db8::1', '2001:db9::1']) {
    assert.deepEqual([await ask(client), await ask(client), await ask(client)], [200, 200, 429]);
  }
});

test('without trusted proxies nothing of it is rendered', async (t) => {
  const { planned } = await behind(t, [], { routes: [route({ path: '/*' })] });
  assert.doesNotMatch(planned.rendered.config, /trusted-proxy|txn\.hop|txn\.scheme|set-src/);
});
