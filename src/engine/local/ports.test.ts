import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { freePort } from '../../../test/support/ports.ts';
import { createPorts } from './ports.ts';

test('a port in use is passed over, one given back comes again, none left is said', async (t) => {
  // One that nobody is given who asks for any, so that it stays free.
  const port = await freePort();
  const server = createServer().listen(port, '127.0.0.1');
  t.after(() => server.close());
  await once(server, 'listening');

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
  // One that nobody is given who asks for any, so that it stays free.
  const port = await freePort();
  const server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening');
  server.close();
  await once(server, 'close');
  const [one, other] = [createPorts(port, port), createPorts(port, port)];
  t.after(() => other.give(port));
  assert.equal(await one.take(), port);
  await assert.rejects(other.take(), { code: 'NO_FREE_PORT' });
  one.give(port);
  assert.equal(await other.take(), port);
});
