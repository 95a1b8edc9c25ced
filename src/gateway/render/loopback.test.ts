import assert from 'node:assert/strict';
import { request } from 'node:http';
import { connect } from 'node:net';
import { test, type TestContext } from 'node:test';
import { until } from '../../../test/support/until.ts';
import { AGGREGATOR } from '../../spec/aggregator.ts';
import type { RouteSpec } from '../../spec/spec.ts';
import { runHaproxy, sendRaw } from './fixtures/haproxy.ts';
import { gatewayState, route, server, service } from './fixtures/states.ts';
import { startUpstream } from './fixtures/upstream.ts';

const ours = route({ path: '/ours/*', from: 'loopback' });

async function running(t: TestContext, gateway: object = {}, routes: readonly RouteSpec[] = []) {
  const api = await startUpstream(t, 'api');
  const services = [
    service({ servers: [server('api-1', api.port)] }),
    service({ name: AGGREGATOR, servers: [server('ours-1', api.port)] }),
  ];
  const all = [ours, ...routes, route({ path: '/*' })];
  const haproxy = await runHaproxy(t, gatewayState(services, { routes: all, ...gateway }));
  return { ...haproxy, api };
}

const statusOf = (answer: string): number => Number(/^HTTP\/1.1 (\d+)/.exec(answer)?.[1]);

test('who is on this machine may use what is for it, over IPv4 and IPv6; others are told what to do', async (t) => {
  const { port, url, api } = await running(t, { host: '::', trustedProxies: ['127.0.0.1'] });
  assert.equal((await fetch(`${url}/ours/a`)).status, 200);
  assert.equal((await fetch(`http://[::1]:${port}/ours/a`)).status, 200);
  assert.equal((await fetch(`http://localhost:${port}/ours/a`)).status, 200);
  const afar = await fetch(`${url}/ours/a`, { headers: { 'x-forwarded-for': '203.0.113.7' } });
  assert.equal(afar.status, 403);
  assert.equal(afar.headers.get('content-type'), 'application/problem+json');
  assert.match(((await afar.json()) as { detail: string }).detail, /tasks\.auth/);
  const elsewhere = { headers: { 'x-forwarded-for': '203.0.113.7' } };
  assert.equal((await fetch(`${url}/other`, elsewhere)).status, 200);
  assert.equal(api.seen.filter((each) => each.url.startsWith('/ours')).length, 3);
});

test('no other address is one of this machine, whatever it contains', async (t) => {
  const parts = [{ name: 'a', path: '/other', timeoutMs: 1_000, optional: false }];
  // On the socket for parts the client is whom the aggregator names.
  const { planned } = await running(t, {}, [
    route({ path: '/sum', service: AGGREGATOR, aggregate: parts }),
  ]);
  const socketPath = /unix@(\S+parts\.sock)/.exec(planned.rendered.config)?.[1] ?? '';
  const askAs = (client: string): Promise<number> =>
    new Promise((resolve, reject) => {
      const headers = { host: '127.0.0.1', 'x-tidegate-client': client };
      request({ socketPath, path: '/ours/a', headers }, (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      })
        .on('error', reject)
        .end();
    });
  for (const here of ['127.0.0.1', '127.255.3.4', '::1', '::ffff:127.0.0.1', '::FFFF:7f00:1']) {
    assert.equal(await askAs(here), 200, here);
  }
  const others = [
    '128.0.0.1',
    '126.255.255.255',
    '10.127.0.1',
    '1.127.0.0',
    '0.0.0.0',
    '::',
    '::2',
    '::127.0.0.1',
    '2002:7f00:1::',
    '2002:7f00:1::1',
    '64:ff9b::127.0.0.1',
    '::ffff:10.0.0.1',
    '::ffff:0:127.0.0.1',
    'fe80::1',
    '127::1',
    '2001:db8::127',
  ];
  for (const afar of others) assert.equal(await askAs(afar), 403, afar);
});

test('who came through a proxy is not taken for this machine, believed or not', async (t) => {
  for (const trustedProxies of [[], ['127.0.0.1']]) {
    const { url } = await running(t, { trustedProxies });
    for (const headers of [
      { 'x-forwarded-for': '127.0.0.1' },
      { 'x-forwarded-for': 'unknown' },
      { 'x-forwarded-for': '' },
      { x_forwarded_for: '127.0.0.1' },
      { 'x-forwarded-host': 'shop.example' },
      { 'x-real-ip': '127.0.0.1' },
      { forwarded: 'for=127.0.0.1' },
      { via: '1.1 proxy' },
    ]) {
      const answer = await fetch(`${url}/ours/a`, { headers: headers as Record<string, string> });
      assert.equal(answer.status, 403, JSON.stringify(headers));
    }
  }
});

test('pages of other sites in a browser of this machine may not, by their origin or by a name that leads here', async (t) => {
  const { port, api } = await running(t);
  const ask = async (...headers: readonly string[]): Promise<number> => {
    const head = ['POST /ours/a HTTP/1.1', ...headers, 'Connection: close', '\r\n'];
    return statusOf(await sendRaw(port, head.join('\r\n')));
  };
  for (const host of ['localhost', `LOCALHOST:${port}`, '127.0.0.1', '127.8.8.8:1', '[::1]:80']) {
    assert.equal(await ask(`Host: ${host}`), 200, host);
    assert.equal(await ask(`Host: ${host}`, `Origin: http://${host}`), 200, host);
  }
  const own = 'Host: localhost';
  for (const host of ['evil.test', 'localhost.evil.test', '127.0.0.1.nip.io', 'a', '10.0.0.1']) {
    assert.equal(await ask(`Host: ${host}:${port}`), 403, host);
    assert.equal(await ask(own, `Origin: http://${host}:${port}`), 403, host);
  }
  assert.equal(await ask(own, 'Origin: null'), 403);
  assert.equal(await ask(own, 'Origin: file://'), 403);
  assert.equal(api.seen.length, 10);
});

test('strangers are refused before their body has come, and counted as forbidden', async (t) => {
  const { port, lines } = await running(t, { trustedProxies: ['127.0.0.1'] });
  const socket = connect(port, '127.0.0.1');
  t.after(() => socket.destroy());
  let answer = '';
  socket.on('data', (chunk: Buffer) => (answer += chunk.toString()));
  socket.write(
    'POST /ours/a HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 203.0.113.7\r\nContent-Length: 1000000\r\n\r\n',
  );
  await until('the answer', () => statusOf(answer) === 403);
  socket.destroy();
  await until('its line', () => lines.some(({ status }) => status === 403));
  const line = lines.find(({ status }) => status === 403);
  assert.equal(line?.['denied'], 'forbidden');
  assert.equal(line?.['route'], '/ours/*');
});
