import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request, type ServerResponse } from 'node:http';
import { connect } from 'node:http2';
import type { Socket } from 'node:net';
import { test } from 'node:test';
import { until } from '../../../test/support/until.ts';
import { runHaproxy } from './fixtures/haproxy.ts';
import { gatewayState, route, server, service } from './fixtures/states.ts';
import { startUpstream } from './fixtures/upstream.ts';

test('a stream that flows outlasts the timeout of its route, a WebSocket even when it is idle', async (t) => {
  // Longer than a busy machine stands still: what flows has to come within it.
  const timeoutMs = 3_000;
  let chunks = 0;
  const a = await startUpstream(t, 'a', {
    '/events': (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const startedAt = performance.now();
      const timer = setInterval(() => {
        response.write(`data: ${++chunks}\n\n`);
        if (performance.now() - startedAt < timeoutMs + 500) return;
        clearInterval(timer);
        response.end();
      }, 100);
    },
  });
  const routes = [route({ path: '/*', timeoutMs })];
  const state = gatewayState([service({ servers: [server('x', a.port)] })], { routes });
  const haproxy = await runHaproxy(t, state);
  const events = fetch(`${haproxy.url}/events`).then((answer) => answer.text());

  const upgrade = request(`${haproxy.url}/ws`, {
    headers: {
      connection: 'Upgrade',
      upgrade: 'WebSocket',
      'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
      'sec-websocket-version': '13',
    },
  });
  upgrade.end();
  const socket = await new Promise<Socket>((resolve, reject) => {
    upgrade.on('upgrade', (_response, open) => resolve(open));
    upgrade.on('error', reject);
  });
  t.after(() => socket.destroy());
  const idleSince = performance.now();
  await until(
    'more than the timeout of the route has passed',
    () => performance.now() - idleSince > timeoutMs + 500,
  );
  socket.write('still here');
  const [back] = (await once(socket, 'data')) as [Buffer];
  assert.equal(back.toString(), 'still here');
  assert.ok((await events).endsWith(`data: ${chunks}\n\n`));
});

test('text is compressed for those who accept it, event streams are not', async (t) => {
  const say = (type: string) => (_request: unknown, response: ServerResponse) => {
    response.writeHead(200, { 'content-type': type });
    response.end('word '.repeat(500));
  };
  const a = await startUpstream(t, 'a', {
    '/text': say('text/plain; charset=utf-8'),
    '/events': say('text/event-stream'),
    '/image': say('image/png'),
  });
  const servers = [server('x', a.port)];
  const encoding = async (state: Parameters<typeof runHaproxy>[1], path: string) => {
    const haproxy = await runHaproxy(t, state);
    const response = await fetch(`${haproxy.url}${path}`);
    assert.equal((await response.text()).length, 2500);
    return response.headers.get('content-encoding');
  };
  const on = gatewayState([service({ servers })]);
  assert.equal(await encoding(on, '/text'), 'gzip');
  assert.equal(await encoding(on, '/events'), null);
  assert.equal(await encoding(on, '/image'), null);
  assert.equal(
    await encoding(gatewayState([service({ servers })], { compression: false }), '/text'),
    null,
  );
});

test('requests above the concurrency wait at the gateway until there is room', async (t) => {
  const held: (() => void)[] = [];
  const a = await startUpstream(t, 'a', {
    '/hold': (_request, response) => held.push(() => response.end('done')),
  });
  const routes = [route({ path: '/*', timeoutMs: 60_000 })];
  const servers = [server('x', a.port)];
  const haproxy = await runHaproxy(
    t,
    gatewayState([service({ servers, concurrency: 1 })], { routes }),
  );
  const both = [fetch(`${haproxy.url}/hold`), fetch(`${haproxy.url}/hold`)];
  await until('one waits', async () => {
    const stat = await haproxy.stat();
    const waiting = ['s1', 's1b', 'BACKEND'].map((row) => Number(stat.get(`api/${row}`)?.['qcur']));
    return waiting.reduce((sum, one) => sum + one, 0) === 1 && held.length === 1;
  });
  held.shift()?.();
  await until('the other was let in', () => held.length === 1);
  held.shift()?.();
  assert.deepEqual(await Promise.all(both.map(async (one) => (await one).status)), [200, 200]);
});

test('HTTP/2 by prior knowledge is served under the same rules', async (t) => {
  const a = await startUpstream(t, 'a');
  const routes = [route({ path: '/*', bodyLimitBytes: 10 })];
  const state = gatewayState([service({ servers: [server('x', a.port)] })], { routes });
  const haproxy = await runHaproxy(t, state);
  const session = connect(haproxy.url);
  t.after(() => session.destroy());
  const status = async (headers: Record<string, string>, body = ''): Promise<unknown> => {
    const stream = session.request(headers, { endStream: body === '' });
    if (body !== '') stream.end(body);
    const [answer] = (await once(stream, 'response')) as [Record<string, unknown>];
    stream.resume();
    return answer[':status'];
  };
  const post = { ':method': 'POST', ':path': '/x' };
  assert.equal(await status({ ':path': '/x' }), 200);
  assert.equal(await status({ ':path': '/.tidegate/health' }), 200);
  assert.equal(await status({ ...post, 'content-length': '10' }, 'x'.repeat(10)), 200);
  assert.equal(await status({ ...post, 'content-length': '11' }, 'x'.repeat(11)), 413);
});
