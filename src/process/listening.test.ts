import assert from 'node:assert/strict';
import { createServer, type AddressInfo } from 'node:net';
import { test } from 'node:test';
import { portsOf } from './listening.ts';

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
