import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { until } from '../../test/support/until.ts';
import { claimPort } from './port-claim.ts';

/** Below all that anybody is given. */
const PORT = 4_000 + (process.pid % 6_000);

test('a port is claimed once, until it is let go of', async () => {
  const letGo = await claimPort(PORT);
  assert.ok(letGo);
  assert.equal(await claimPort(PORT), null);
  letGo();
  const again = await claimPort(PORT);
  assert.ok(again);
  again();
});

test('what another process has claimed is free when that one is killed', async (t) => {
  const claiming = `
    import { claimPort } from '${join(import.meta.dirname, 'port-claim.ts')}';
    console.log(typeof (await claimPort(${PORT})));
    setInterval(() => undefined, 1000);
  `;
  const child = spawn(process.execPath, ['--input-type=module', '-e', claiming]);
  t.after(() => child.kill('SIGKILL'));
  const ended = once(child, 'exit');
  const [said] = (await once(child.stdout, 'data')) as [Buffer];
  assert.equal(said.toString(), 'function\n');
  assert.equal(await claimPort(PORT), null);
  child.kill('SIGKILL');
  await ended;
  const letGo = await claimPort(PORT);
  assert.ok(letGo);
  letGo();
});

test('a port on which somebody listens is claimed by nobody, and kept from nobody afterwards', async (t) => {
  const server = createServer().listen(0, '127.0.0.1');
  t.after(() => server.close());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  assert.equal(await claimPort(port), null);
  server.close();
  await once(server, 'close');
  const letGo = await until('it is free', () => claimPort(port));
  letGo();
});

test('who connects to a claim is not kept: it would take a descriptor, and keep the process from ending', async () => {
  const letGo = await claimPort(PORT);
  assert.ok(letGo);
  const socket = connect(`\0tidegate-port-${PORT}`);
  socket.on('error', () => undefined);
  // What it says to that is not awaited: whoever is kept hears nothing.
  await once(socket.resume(), 'close', { signal: AbortSignal.timeout(30_000) });
  letGo();
});

test('a claim whose port may not be tried is let go of', async () => {
  // No port has such a number.
  await assert.rejects(claimPort(70_000), { code: 'ERR_SOCKET_BAD_PORT' });
  const server = createServer().listen('\0tidegate-port-70000');
  await once(server, 'listening');
  server.close();
});
