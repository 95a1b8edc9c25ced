import assert from 'node:assert/strict';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from '../../test/support/temporary.ts';
import { freePort } from '../../test/support/ports.ts';
import { checkPort } from './port-check.ts';

test('a free port passes and is free afterwards', async () => {
  const port = await freePort();
  await checkPort('127.0.0.1', port);
  await checkPort('127.0.0.1', port);
});

test('a taken port names its holder and what to do', async (t) => {
  const server = createServer();
  t.after(() => server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await assert.rejects(checkPort('127.0.0.1', port), {
    code: 'PORT_TAKEN',
    message: new RegExp(`port ${port} on 127.0.0.1 is taken by .* \\(pid ${process.pid}\\)`),
    hint: /gateway\.port/,
  });
});

test('a port that another project of Tidegate holds names its folder', async (t) => {
  const folder = temporaryFolder(t);
  mkdirSync(join(folder, '.tidegate'));
  const held = openSync(join(folder, '.tidegate', 'lock'), 'w');
  t.after(() => closeSync(held));
  const server = createServer();
  t.after(() => server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await assert.rejects(checkPort('127.0.0.1', port), (thrown: Error) =>
    thrown.message.endsWith(`(pid ${process.pid}) of the Tidegate project in ${folder}`),
  );
});

test('the admin port is told by its own key', async (t) => {
  const server = createServer();
  t.after(() => server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await assert.rejects(checkPort('127.0.0.1', port, 'admin.port'), {
    message: new RegExp(`taken by .* \\(pid ${process.pid}\\)`),
    hint: /admin\.port/,
  });
  await assert.rejects(checkPort('192.0.2.1', 8081, 'admin.port'), {
    code: 'LISTEN_FAILED',
    hint: /admin\.host/,
  });
});

test('an address that is not this machine’s is refused', async () => {
  await assert.rejects(checkPort('192.0.2.1', 8080), {
    code: 'GATEWAY_REFUSED',
    message: /cannot listen on 192\.0\.2\.1:8080/,
  });
});
