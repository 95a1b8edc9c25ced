import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { test } from 'node:test';
import { until } from '../../../test/support/until.ts';
import { runHaproxy } from './fixtures/haproxy.ts';
import { gatewayState, server, service } from './fixtures/states.ts';

test('checks do not reset connections under a server that writes head and body apart', async (t) => {
  let [asked, hungUp] = [0, 0];
  const broken: (string | undefined)[] = [];
  const replica = createServer({ allowHalfOpen: true }, (socket) => {
    asked++;
    socket.on('error', ({ code }: NodeJS.ErrnoException) => broken.push(code));
    socket.once('data', () => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n'));
    // By now HAProxy has read the head and has gone.
    socket.once('end', () => {
      hungUp++;
      socket.end('well');
    });
  }).listen(0, '127.0.0.1');
  t.after(() => replica.close());
  await once(replica, 'listening');
  const { port } = replica.address() as AddressInfo;
  const haproxy = await runHaproxy(t, gatewayState([service({ servers: [server('x', port)] })]));
  await until('some checks', () => asked > 5);
  assert.ok(hungUp > 3, `${hungUp} of ${asked} were closed`);
  assert.deepEqual(broken, []);
  assert.equal((await haproxy.stat()).get('api/s1')?.['status'], 'UP');
});

test('an answer is judged by its head: one without a body, and one whose body never ends, are healthy', async (t) => {
  const endless = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.once('data', () => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n'));
  }).listen(0, '127.0.0.1');
  const empty = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.once('data', () => socket.end('HTTP/1.1 204 No Content\r\n\r\n'));
  }).listen(0, '127.0.0.1');
  const servers = [];
  for (const one of [endless, empty]) {
    t.after(() => one.close());
    if (!one.listening) await once(one, 'listening');
    servers.push(server(`api-${servers.length}`, (one.address() as AddressInfo).port));
  }
  const haproxy = await runHaproxy(t, gatewayState([service({ servers })]));
  for (const name of ['api/s1', 'api/s2']) {
    await until(`${name} was checked`, async () => {
      const { check_status: check, status } = (await haproxy.stat()).get(name) ?? {};
      return check === 'L7OK' && status === 'UP';
    });
  }
});
