import assert from 'node:assert/strict';
import { createServer, type AddressInfo } from 'node:net';
import { test } from 'node:test';
import { freePort } from '../../test/support/ports.ts';
import { loopbackListeners, portsOf, socketsOf } from './listening.ts';

test('a port is seen while it is listened on, on IPv4 and on IPv6, and not after', async (t) => {
  const before = portsOf([process.pid]);
  assert.deepEqual(before, []);
  const servers = ['127.0.0.1', '::1'].map((host) => ({ host, server: createServer() }));
  t.after(() => servers.map(({ server }) => server.close()));
  for (const { host, server } of servers)
    await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const ports = servers.map(({ server }) => (server.address() as AddressInfo).port);
  assert.deepEqual(
    portsOf([process.pid, 2 ** 22]),
    ports.sort((one, other) => one - other),
  );
  for (const { server } of servers) await new Promise((resolve) => server.close(resolve));
  assert.deepEqual(portsOf([process.pid]), []);
});

test('a process that is not there tells nothing, which is not the same as no port', () => {
  assert.equal(portsOf([2 ** 22]), null);
  assert.equal(portsOf([]), null);
});

test('of several listeners on a port those are told that get what comes for 127.0.0.1', async (t) => {
  const open = async (host: string, port: number): Promise<number> => {
    const server = createServer();
    t.after(() => server.close());
    await new Promise<void>((resolve) => server.listen({ port, host, ipv6Only: false }, resolve));
    return (server.address() as AddressInfo).port;
  };
  const all = (): number => socketsOf(process.pid)?.length ?? 0;
  // One that nobody is given who asks for any: it has to be free at the other addresses, too.
  const elsewhere = await open('127.0.0.2', await freePort());
  assert.deepEqual(loopbackListeners(elsewhere), []);
  await open('::1', elsewhere);
  assert.deepEqual(loopbackListeners(elsewhere), []);
  await open('127.0.0.1', elsewhere);
  const [exact, ...others] = loopbackListeners(elsewhere);
  assert.deepEqual(others, []);
  assert.ok(exact !== undefined && socketsOf(process.pid)?.includes(exact));
  for (const host of ['0.0.0.0', '::', '::ffff:127.0.0.1']) {
    const before = all();
    assert.equal(loopbackListeners(await open(host, 0)).length, 1, host);
    assert.equal(all(), before + 1);
  }
});
