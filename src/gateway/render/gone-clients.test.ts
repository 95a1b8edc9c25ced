import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { test, type TestContext } from 'node:test';
import { until } from '../../../test/support/until.ts';
import { runHaproxy, type RunningHaproxy } from './fixtures/haproxy.ts';
import { gatewayState, route, server, service } from './fixtures/states.ts';
import { startUpstream, type Upstream } from './fixtures/upstream.ts';

const GET = 'GET /slow HTTP/1.1\r\nHost: x\r\n\r\n';
const POST = 'POST /slow HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi';

interface Site {
  readonly haproxy: RunningHaproxy;
  readonly upstream: Upstream;
  readonly held: readonly ServerResponse[];
}

/** One replica that holds `/slow` until it is told to answer; another service beside it that takes all that comes. */
async function site(t: TestContext, concurrency: number | null): Promise<Site> {
  const held: ServerResponse[] = [];
  const hold = (_: unknown, response: ServerResponse): void => void held.push(response);
  const upstream = await startUpstream(t, 'a', { '/slow': hold, '/free/slow': hold });
  const servers = [server('x', upstream.port)];
  const haproxy = await runHaproxy(
    t,
    gatewayState([service({ servers, concurrency }), service({ name: 'free', servers })], {
      routes: [route({ path: '/free/*', service: 'free' }), route({ path: '/*' })],
    }),
  );
  return { haproxy, upstream, held };
}

function send(t: TestContext, { haproxy }: Site, bytes: string): Socket {
  const socket = connect({ port: haproxy.port, host: '127.0.0.1', allowHalfOpen: true });
  socket.on('error', () => undefined).resume();
  socket.write(bytes);
  t.after(() => socket.destroy());
  return socket;
}

async function untilWaiting({ haproxy }: Site, many: number): Promise<void> {
  await until(
    `${many} wait`,
    async () => (await haproxy.stat()).get('api/BACKEND')?.['qcur'] === String(many),
  );
}

for (const [what, leave] of [
  ['closed', (socket: Socket) => socket.destroy()],
  ['reset', (socket: Socket) => socket.resetAndDestroy()],
  ['closed for sending', (socket: Socket) => socket.end()],
] as const) {
  test(`requests that wait are forgotten when their clients have ${what} the connection`, async (t) => {
    const one = await site(t, 1);
    send(t, one, GET);
    await until('one is at work', () => one.held.length === 1);
    const leaving = [GET, POST].flatMap((bytes) =>
      Array.from({ length: 10 }, () => send(t, one, bytes)),
    );
    await untilWaiting(one, 20);
    const staying = fetch(`${one.haproxy.url}/stays`);
    await untilWaiting(one, 21);
    for (const socket of leaving) leave(socket);
    await untilWaiting(one, 1);
    one.held[0]?.end();
    assert.equal((await staying).status, 200);
    assert.deepEqual(
      one.upstream.seen.map(({ url }) => url),
      ['/slow', '/stays'],
    );
  });
}

test('a request at work whose client goes is broken off, and the next one takes its place', async (t) => {
  const one = await site(t, 1);
  const first = send(t, one, GET);
  await until('one is at work', () => one.held.length === 1);
  // Well before the first one's timeout would let it through.
  const next = fetch(`${one.haproxy.url}/next`, { signal: AbortSignal.timeout(20_000) });
  await untilWaiting(one, 1);
  first.destroy();
  assert.equal((await next).status, 200);
  await until('the service hears of it', () => one.held[0]?.destroyed);
});

test('who closes only for sending gets the answer of a service without a queue, also beside one with a queue', async (t) => {
  const one = await site(t, 1);
  let answer = '';
  const socket = send(t, one, GET.replace('/slow', '/free/slow'));
  socket.on('data', (chunk) => (answer += chunk.toString('latin1')));
  await until('it is at work', () => one.held.length === 1);
  socket.end();
  // What came after it has been seen, so the end has been seen, too.
  assert.equal((await fetch(`${one.haproxy.url}/free/other`)).status, 200);
  one.held[0]?.end('late');
  await until('the answer', () => answer.endsWith('late\r\n0\r\n\r\n') || answer.endsWith('late'));
  assert.match(answer, /^HTTP\/1\.1 200 /);
});
