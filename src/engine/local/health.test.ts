import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createServer as createTcpServer, type AddressInfo } from 'node:net';
import { test } from 'node:test';
import { until } from '../../../test/support/until.ts';
import { HEALTH as ORDINARY } from '../contract.ts';
import { restAfterProbeMs, untilAnswering } from './health.ts';

/** However long a busy machine stands still. */
const HEALTH = { ...ORDINARY, timeoutMs: 60_000 };

for (const ageMs of [0, 60_000]) {
  test(`a program of ${ageMs} ms that answers slowly is never asked twice at once`, async (t) => {
    let asked = 0;
    let open = 0;
    let mostOpen = 0;
    const server = createServer((_request, response) => {
      asked++;
      mostOpen = Math.max(mostOpen, ++open);
      setTimeout(() => {
        open--;
        response.writeHead(asked < 4 ? 503 : 204).end();
      }, 120);
    }).listen(0, '127.0.0.1');
    t.after(() => server.close());
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const never = new AbortController().signal;
    await untilAnswering({ host: '127.0.0.1', port }, { ...HEALTH, path: '/' }, ageMs, never);
    assert.deepEqual({ asked, mostOpen }, { asked: 4, mostOpen: 1 });
  });
}

test('who writes the head and the body of the answer apart is not cut off, and is ready with the head', async (t) => {
  const ended: (string | undefined)[] = [];
  let connections = 0;
  let writeBody: () => void = () => undefined;
  const server = createTcpServer((socket) => {
    if (connections++ > 0) return void socket.end();
    socket.on('error', ({ code }: NodeJS.ErrnoException) => ended.push(code));
    socket.on('end', () => ended.push('end'));
    socket.once('data', () => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n'));
    writeBody = () => socket.write('well');
  }).listen(0, '127.0.0.1');
  t.after(() => server.close());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const never = new AbortController().signal;
  await untilAnswering({ host: '127.0.0.1', port }, { ...HEALTH, path: '/' }, 0, never);
  // Had it hung up, that would be known before another connection is.
  await untilAnswering({ host: '127.0.0.1', port }, { ...HEALTH, path: null }, 0, never);
  await until('another connection', () => connections === 2);
  assert.deepEqual(ended, []);
  writeBody();
  await until('the prober has hung up', () => ended.length > 0);
  assert.deepEqual(ended, ['end']);
});

for (const [status, ready] of [
  [200, true],
  [503, false],
] as const) {
  test(`of an answer ${status} without end only some is read, and it counts as what it is`, async (t) => {
    const seen: string[] = [];
    let closed = 0;
    const server = createServer((_request, response) => {
      response.on('close', () => closed++).writeHead(status);
      const more = (): void => void (response.write('x'.repeat(10_000)) && setImmediate(more));
      response.on('drain', more);
      more();
    }).listen(0, '127.0.0.1');
    t.after(() => server.close());
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const stop = new AbortController();
    const health = { ...HEALTH, path: '/' };
    const asked = untilAnswering({ host: '127.0.0.1', port }, health, 0, stop.signal, (what) => {
      seen.push(what);
      stop.abort();
    });
    if (ready) await asked;
    else await assert.rejects(asked);
    await until('the prober has hung up', () => closed === 1);
    assert.deepEqual(seen, ready ? [] : ['answered 503']);
  });
}

test('a program is asked every 10 ms in its first two seconds and every 50 ms after them, however long an answer takes', () => {
  const rests = [
    [0, 0],
    [1_999, 0],
    [2_000, 0],
    [60_000, 0],
    [500, 4],
    [5_000, 4],
    [500, 10],
    [500, 2_000],
    [5_000, 70],
  ].map(([ageMs = 0, tookMs = 0]) => restAfterProbeMs(ageMs, tookMs));
  assert.deepEqual(rests, [10, 10, 50, 50, 6, 46, 0, 0, 0]);
});
