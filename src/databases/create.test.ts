import assert from 'node:assert/strict';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { until } from '../../test/support/until.ts';
import { foundServers } from './found.ts';
import {
  MAIN,
  CACHE,
  never,
  stateFolderOf,
  query,
  command,
  viewOf,
} from '../../test/support/databases.ts';

test('both are started for whoever knows the password, keep what they were given, and are stopped cleanly', async (t) => {
  const { folder, open, nonce } = stateFolderOf(t);
  const databases = open([MAIN, CACHE]);
  await databases.start();
  const [main, cache] = [databases.url('main'), databases.url('cache')];
  await query(main, 'create table kept as select 7 as number');
  await command(cache, 'SET', 'kept', '7');

  const others = [
    main.replace(/:[^:@]+@/, ':wrong@'),
    cache.replace(/:[^:@]+@/, ':wrong@'),
  ] as const;
  await assert.rejects(query(others[0], 'select 1'), { code: '28P01' });
  await assert.rejects(command(others[1], 'GET', 'kept'), /WRONGPASS/);
  await assert.rejects(command(cache.replace(/:[^:@]+@/, ''), 'GET', 'kept'), /NOAUTH/);
  for (const { address, state, pid } of databases.view()) {
    assert.match(address, /^127\.0\.0\.1:3[0-2]\d{3}$/);
    assert.equal(state, 'ready');
    assert.ok(pid);
    // No list of processes shows a password.
    assert.doesNotMatch(readFileSync(`/proc/${pid}/cmdline`, 'utf8'), /[0-9a-f]{48}/);
    assert.doesNotMatch(
      readFileSync(`/proc/${pid}/environ`, 'utf8'),
      /(?<![0-9a-f])[0-9a-f]{48}(?![0-9a-f])/,
    );
  }
  for (const name of ['main', 'cache']) {
    assert.equal(statSync(join(folder, 'databases', name, 'password')).mode & 0o777, 0o600);
    assert.equal(statSync(join(folder, 'databases', name, 'data')).mode & 0o777, 0o700);
  }
  assert.equal(statSync(join(folder, 'databases/cache/redis.conf')).mode & 0o777, 0o600);
  assert.equal(
    await until('it was asked', () => viewOf(databases, 'main').memoryBytes !== null),
    true,
  );
  const { connections, maxConnections } = viewOf(databases, 'main');
  assert.equal(maxConnections, 200);
  assert.ok(connections !== null && connections <= 1, `${connections}`);

  await databases.stop(never, 'all');
  assert.deepEqual(foundServers(nonce), []);
  assert.equal(viewOf(databases, 'main').state, 'stopped');
  assert.match(
    readFileSync(join(folder, 'logs/database-main.log'), 'utf8'),
    /database system is shut down/,
  );

  const next = open([MAIN, CACHE]);
  await next.start();
  assert.deepEqual(
    [next.url('main'), next.url('cache')],
    [main, cache],
    'ports and passwords stay',
  );
  assert.deepEqual(await query(main, 'select number from kept'), [7]);
  assert.equal(await command(cache, 'GET', 'kept'), '7');
  assert.deepEqual(readdirSync(join(folder, 'databases/main')).toSorted(), [
    'data',
    'password',
    'server.json',
  ]);
});

test('those that run are gone on with, and a database that is not named any more is ended', async (t) => {
  const { open, nonce } = stateFolderOf(t);
  const before = open([MAIN, CACHE]);
  await before.start();
  const pid = viewOf(before, 'main').pid;
  // As one that died: it has let go of them, and they go on.
  await before.close();

  const after = open([MAIN]);
  await after.start();
  assert.equal(viewOf(after, 'main').pid, pid);
  assert.equal(after.url('main'), before.url('main'));
  assert.deepEqual(
    foundServers(nonce).map(({ name }) => name),
    ['main'],
  );
  await after.stop(never, 'new');
  assert.deepEqual(await query(after.url('main'), 'select 1'), [1], 'it is not new');

  const last = open([MAIN]);
  await last.start();
  await last.stop(never, 'all');
  assert.deepEqual(foundServers(nonce), []);
});

test('who does not want to wait any longer need not, and what was being started is gone', async (t) => {
  const { open, nonce } = stateFolderOf(t);
  await assert.rejects(open([CACHE], { giveUp: AbortSignal.abort() }).start(), {
    code: 'INTERRUPTED',
    exitCode: 130,
  });
  assert.deepEqual(foundServers(nonce), []);
});
