import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { test } from 'node:test';
import { until } from '../../test/support/until.ts';
import {
  MAIN,
  CACHE,
  never,
  stateFolderOf,
  command,
  viewOf,
} from '../../test/support/databases.ts';

test('of a server of the user only the address is known, and whether it answers', async (t) => {
  const own = stateFolderOf(t);
  const server = own.open([CACHE]);
  await server.start();
  const { open } = stateFolderOf(t);
  const secret = { env: 'SOMEWHERE' };
  const databases = open(
    [
      { ...CACHE, url: secret },
      { ...MAIN, url: 'postgres://someone:hidden@127.0.0.1:1/db' },
    ],
    { readSecret: () => server.url('cache') },
  );
  await databases.start();
  assert.equal(databases.url('cache'), server.url('cache'));
  await until('both were asked', () => viewOf(databases, 'main').problem !== null);
  await until('Redis was asked', () => viewOf(databases, 'cache').connections !== null);
  assert.ok((viewOf(databases, 'cache').maxConnections ?? 0) > 100);
  const [cache, main] = databases.view();
  assert.deepEqual([cache?.state, main?.state], ['external', 'external']);
  assert.equal(main?.address, '127.0.0.1:1');
  assert.match(main?.problem ?? '', /^It does not answer: /);
  assert.doesNotMatch(JSON.stringify(databases.view()), /hidden/);
  await databases.stop(never, 'all');
  assert.equal(await command(server.url('cache'), 'PING'), 'PONG', 'it is left alone');

  assert.throws(
    () =>
      open([{ ...CACHE, url: secret }], {
        readSecret: () => {
          throw new Error('SOMEWHERE is not set');
        },
      }),
    { code: 'SECRET_MISSING', exitCode: 2 },
  );
});

test('a server that takes connections and says nothing keeps nobody waiting', async (t) => {
  const silent = createServer((socket) => void socket.on('error', () => undefined));
  silent.listen(0, '127.0.0.1');
  await once(silent, 'listening');
  t.after(() => silent.close());
  const { port } = silent.address() as AddressInfo;
  const { open } = stateFolderOf(t);
  const databases = open([
    { ...CACHE, url: `redis://:hidden@127.0.0.1:${port}/0` },
    { ...MAIN, url: `postgres://someone:hidden@127.0.0.1:${port}/db` },
  ]);
  await databases.start();
  for (const name of ['cache', 'main'])
    assert.match(
      await until(`${name} was given up`, () => viewOf(databases, name).problem),
      /^It does not answer: (?:no answer within 5 s|timeout expired)\.$/,
    );
  // Waits for the look that is under way.
  await databases.close();
});
