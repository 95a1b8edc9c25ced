import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { temporaryFolder } from '../../test/support/temporary.ts';
import { testBackend, testGateway } from '../../test/support/gateway.ts';
import { createRuntimeSocket } from './runtime-socket.ts';

async function liveSocket(t: TestContext) {
  const gateway = await testGateway(t);
  const server = await testBackend(t, 'api-1');
  await gateway.start(gateway.state([server]));
  return createRuntimeSocket(join(gateway.folder, 'run/runtime.sock'));
}

test('commands that work are silent, also those that say what they did', async (t) => {
  const runtime = await liveSocket(t);
  await runtime.change([]);
  await runtime.change([
    'set server api/s2 addr 127.0.0.1 port 9',
    'set server api/s2 addr 127.0.0.1 port 9',
    'set server api/s2 weight 50',
    'set server api/s2 state ready',
  ]);
  assert.match(await runtime.ask('show servers state api'), / 127\.0\.0\.1 /);
});

test('an answer that is no success is an error that names its command', async (t) => {
  const runtime = await liveSocket(t);
  for (const [command, answer] of [
    ['set server api/s99 state ready', /No such server/],
    ['set server api/s1 state asleep', /"set server api\/s1 state asleep"/],
    ['set map /no/such.map a b', /Unknown map identifier/],
    ['dance', /Unknown command/],
  ] as const) {
    await assert.rejects(runtime.change(['set server api/s1 weight 100', command]), {
      code: 'GATEWAY_COMMAND_FAILED',
      message: answer,
    });
  }
  await assert.rejects(runtime.ask('dance'), { code: 'GATEWAY_COMMAND_FAILED' });
});

test('a hundred commands go in one connection', async (t) => {
  const runtime = await liveSocket(t);
  await runtime.change(
    Array.from({ length: 500 }, (_, i) => `set server api/s1 weight ${i % 100}`),
  );
});

test('a command cannot smuggle in another', async (t) => {
  const runtime = await liveSocket(t);
  await assert.rejects(runtime.change(['set server api/s1 weight 1\nshutdown']), /line break/);
});

test('a socket that is missing, or silent, or closes early is a silent gateway', async (t) => {
  const folder = temporaryFolder(t);
  const path = join(folder, 'x.sock');
  await assert.rejects(createRuntimeSocket(path).ask('show info'), { code: 'GATEWAY_SILENT' });
  const server = createServer((socket) => socket.on('error', () => undefined).resume());
  await new Promise<void>((resolve) => server.listen(path, resolve));
  t.after(() => server.close());
  const silent = createRuntimeSocket(path, 50);
  await assert.rejects(silent.ask('show info'), { code: 'GATEWAY_SILENT' });
  server.removeAllListeners('connection');
  server.on('connection', (socket) => socket.end('\n> \n> half an ans'));
  await assert.rejects(silent.ask('show info'), { code: 'GATEWAY_SILENT' });
});

test('that we stood still ourselves is not held against who answers', async (t) => {
  const path = join(temporaryFolder(t), 'x.sock');
  const server = createServer((socket) =>
    socket.once('data', () => socket.end('\n> \n> here\n> ')),
  );
  await new Promise<void>((resolve) => server.listen(path, resolve));
  t.after(() => server.close());
  const answer = createRuntimeSocket(path, 400).ask('show info');
  for (const until = performance.now() + 1_000; performance.now() < until; );
  assert.match(await answer, /here/);
});
