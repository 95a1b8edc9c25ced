import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { test } from 'node:test';
import { createPorts } from './ports.ts';

test('a port in use is passed over, one given back comes again, none left is said', async (t) => {
  const { server, port } = await listening();
  t.after(() => server.close());

  await assert.rejects(createPorts(port, port).take(), { code: 'NO_FREE_PORT' });
  server.close();
  await once(server, 'close');
  const ports = createPorts(port, port);
  assert.equal(await ports.take(), port);
  await assert.rejects(ports.take(), { code: 'NO_FREE_PORT' });
  ports.give(port);
  ports.hold(port);
  await assert.rejects(ports.take(), { code: 'NO_FREE_PORT' });
  ports.give(port);
  assert.equal(await ports.take(), port);
});

test('two projects are not given one port, although nobody listens on it yet', async (t) => {
  const { server, port } = await listening();
  server.close();
  await once(server, 'close');
  const [one, other] = [createPorts(port, port), createPorts(port, port)];
  t.after(() => other.give(port));
  assert.equal(await one.take(), port);
  await assert.rejects(other.take(), { code: 'NO_FREE_PORT' });
  one.give(port);
  assert.equal(await other.take(), port);
});

test('a port that could not be tried is not held for it', async () => {
  // No port has such a number.
  const ports = createPorts(70_000, 70_000);
  await assert.rejects(ports.take(), { code: 'ERR_SOCKET_BAD_PORT' });
  await assert.rejects(ports.take(), { code: 'ERR_SOCKET_BAD_PORT' });
});

// Private

/** On a port between those of replicas and those the kernel gives away, so that nobody takes it when it is free again. */
async function listening(): Promise<{ readonly server: Server; readonly port: number }> {
  for (;;) {
    const port = randomInt(30_000, 32_000);
    const server = createServer().listen(port, '127.0.0.1');
    const isOurs = await once(server, 'listening').then(
      () => true,
      () => false,
    );
    if (isOurs) return { server, port };
  }
}
