import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { Client } from 'pg';
import { createClient } from 'redis';
import { until } from '../../test/support/until.ts';
import { systemClock } from '../kit/clock.ts';
import { silentLog } from '../kit/log.ts';
import type { DatabaseSpec } from '../spec/databases.ts';
import { placeOf } from '../state/place.ts';
import { createDatabases, type DatabasesOptions } from './create.ts';
import type { Databases } from './databases.ts';
import { foundServers } from './found.ts';
import { KINDS, serverAccount } from './kinds.ts';
import { endLeftDatabases } from './leftovers.ts';

const MAIN: DatabaseSpec = { name: 'main', kind: 'postgres', url: null, implicit: false };
const CACHE: DatabaseSpec = { name: 'cache', kind: 'redis', url: null, implicit: false };
const never = new AbortController().signal;

/** A state folder whose servers end with the test. Their users must be able to come through to it. */
function stateFolderOf(t: TestContext) {
  const folder = mkdtempSync('/var/tmp/tidegate-test-db-');
  chmodSync(folder, 0o711);
  const nonce = randomBytes(32).toString('hex');
  const opened: Databases[] = [];
  t.after(async () => {
    // First: what ends while it is looked after comes back.
    for (const databases of opened) await databases.close();
    await endLeftDatabases(nonce);
    rmSync(folder, { recursive: true, force: true });
  });
  const warnings: string[] = [];
  const open = (
    specs: readonly DatabaseSpec[],
    other: Partial<DatabasesOptions> = {},
  ): Databases => {
    const databases = createDatabases({
      specs,
      folder: join(folder, 'databases'),
      placeOf,
      nonce,
      elsewhere: null,
      logsFolder: join(folder, 'logs'),
      readSecret: () => assert.fail('no secret is asked for'),
      clock: systemClock,
      log: silentLog,
      tell: () => undefined,
      warn: (sentence) => warnings.push(sentence),
      giveUp: never,
      ...other,
    });
    opened.push(databases);
    return databases;
  };
  return { folder, nonce, warnings, open };
}

async function query(url: string, text: string): Promise<readonly unknown[]> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return (await client.query({ text, rowMode: 'array' })).rows.flat();
  } finally {
    await client.end();
  }
}

async function command(url: string, ...words: string[]): Promise<unknown> {
  const client = createClient({ url, socket: { reconnectStrategy: false } });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await client.sendCommand(words);
  } finally {
    client.destroy();
  }
}

function viewOf(databases: Databases, name: string) {
  const found = databases.view().find((each) => each.name === name);
  assert.ok(found);
  return found;
}

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
  const { connections } = viewOf(databases, 'main');
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

test('one that is killed comes back where it was, with what was committed, whoever started it', async (t) => {
  const { open } = stateFolderOf(t);
  await (async () => {
    const first = open([MAIN, CACHE]);
    await first.start();
    await first.close();
  })();
  const databases = open([MAIN, CACHE]);
  const changes: string[] = [];
  databases.onChange(({ name, change }) => changes.push(`${name} ${change}`));
  await databases.start();
  const main = databases.url('main');
  await query(main, 'create table kept as select 7 as number');
  // A backend that does not look whether its postmaster lives holds its memory for a while.
  const busy = query(main, 'select count(*) from generate_series(1, 20000000)').catch(
    () => undefined,
  );
  for (const name of ['main', 'cache']) {
    const { pid } = viewOf(databases, name);
    assert.ok(pid);
    process.kill(pid, 'SIGKILL');
    await until(`${name} is seen to have ended`, () => changes.includes(`${name} ended`));
    await until(`${name} is back`, () => viewOf(databases, name).state === 'ready');
    assert.notEqual(viewOf(databases, name).pid, pid);
    assert.equal(viewOf(databases, name).problem, null);
  }
  await busy;
  assert.equal(databases.url('main'), main);
  assert.deepEqual(await query(main, 'select number from kept'), [7]);
  assert.deepEqual(changes.toSorted(), ['cache back', 'cache ended', 'main back', 'main ended']);
});

test('a port that somebody else has taken is given up for another, and that is said', async (t) => {
  const { open, warnings } = stateFolderOf(t);
  const first = open([CACHE]);
  await first.start();
  const port = Number(new URL(first.url('cache')).port);
  await first.stop(never, 'all');
  const taker = createServer().listen(port, '127.0.0.1');
  t.after(() => taker.close());
  await until('the port is taken', () => taker.listening);

  const second = open([CACHE]);
  await second.start();
  const other = Number(new URL(second.url('cache')).port);
  assert.notEqual(other, port);
  assert.deepEqual(warnings, [
    `The port ${port} of the database cache is taken by another program: it has ${other} now.`,
  ]);
  assert.equal(await command(second.url('cache'), 'PING'), 'PONG');
});

test('one that cannot start says why with its last lines, and nothing of it is left', async (t) => {
  const { folder, open, nonce } = stateFolderOf(t);
  const first = open([MAIN]);
  await first.start();
  await first.stop(never, 'all');
  const control = join(folder, 'databases/main/data/global/pg_control');
  rmSync(control);
  await assert.rejects(open([MAIN]).start(), (thrown: Error & { code?: string }) => {
    assert.equal(thrown.code, 'DATABASE_FAILED');
    assert.match(
      thrown.message,
      /^the database main ended with exit code 2 before it answered; it wrote: .*could not/,
    );
    return true;
  });
  assert.deepEqual(foundServers(nonce), []);
});

test('the password that is remembered is not that of the data: that is said', async (t) => {
  const { folder, open } = stateFolderOf(t);
  const first = open([MAIN]);
  await first.start();
  await first.stop(never, 'all');
  writeFileSync(join(folder, 'databases/main/password'), 'another\n');
  await assert.rejects(open([MAIN]).start(), {
    code: 'DATABASE_FAILED',
    message: /refuses the password/,
  });
});

test('a pid that was left behind and is somebody else’s now is no obstacle', async (t) => {
  const { folder, open } = stateFolderOf(t);
  const first = open([MAIN]);
  await first.start();
  await first.stop(never, 'all');
  // Somebody else of the same user, whom PostgreSQL would take for another server.
  const account = serverAccount(KINDS.postgres);
  const other = spawn('sleep', ['60'], {
    stdio: 'ignore',
    ...(account && { uid: account.uid, gid: account.gid }),
  });
  t.after(() => other.kill('SIGKILL'));
  const data = join(folder, 'databases/main/data');
  // Line by line as PostgreSQL writes it.
  const left = [other.pid, data, 1, 1, '', '127.0.0.1', '', 'ready', ''];
  writeFileSync(join(data, 'postmaster.pid'), left.join('\n'));
  const second = open([MAIN]);
  await second.start();
  assert.equal(viewOf(second, 'main').state, 'ready');
});

test('data on which a server of somebody else is at work is refused', async (t) => {
  const { open, nonce } = stateFolderOf(t);
  const first = open([CACHE]);
  await first.start();
  // As who lost the nonce: it cannot be proved ours any more.
  const second = open([CACHE], { nonce: randomBytes(32).toString('hex') });
  const { pid } = viewOf(first, 'cache');
  await assert.rejects(second.start(), {
    code: 'DATABASE_IN_USE',
    message: new RegExp(`is in use by process ${pid}, which is not ours`),
  });
  assert.deepEqual(
    foundServers(nonce).map(({ identity }) => identity.pid),
    [pid],
  );
});

test('a copy of the folder has its own port and its own data', async (t) => {
  const [original, copy] = [stateFolderOf(t), stateFolderOf(t)];
  const first = original.open([CACHE]);
  await first.start();
  await command(first.url('cache'), 'SET', 'whose', 'original');
  execFileSync('cp', ['-a', join(original.folder, 'databases'), copy.folder]);

  const second = copy.open([CACHE]);
  await second.start();
  assert.notEqual(new URL(second.url('cache')).port, new URL(first.url('cache')).port);
  await command(second.url('cache'), 'SET', 'whose', 'copy');
  assert.equal(await command(first.url('cache'), 'GET', 'whose'), 'original');
});

test('where the user of the server could not come through, its data is elsewhere and is found there again', {
  skip: process.getuid?.() !== 0 && 'only root starts servers as another user',
}, async (t) => {
  const { folder, open } = stateFolderOf(t);
  const elsewhere = join(folder, 'elsewhere');
  mkdirSync(elsewhere);
  const first = open([CACHE], { elsewhere });
  await first.start();
  await command(first.url('cache'), 'SET', 'kept', '7');
  await first.stop(never, 'all');
  assert.deepEqual(readdirSync(join(folder, 'databases/cache')).toSorted(), [
    'password',
    'server.json',
  ]);
  const second = open([CACHE], { elsewhere });
  await second.start();
  assert.equal(await command(second.url('cache'), 'GET', 'kept'), '7');
  await second.stop(never, 'all');

  // A copy does not take the data of the one it was copied from, and says so.
  const copy = stateFolderOf(t);
  execFileSync('cp', ['-a', join(folder, 'databases'), copy.folder]);
  const third = copy.open([CACHE], { elsewhere });
  await third.start();
  assert.equal(await command(third.url('cache'), 'GET', 'kept'), null);
  assert.match(
    copy.warnings.join(),
    /is a copy: the data of the database cache stayed in .*elsewhere/,
  );

  // Where the one it was copied from is gone it was moved, and is gone on with.
  const moved = stateFolderOf(t);
  execFileSync('cp', ['-a', join(folder, 'databases'), moved.folder]);
  rmSync(join(folder, 'databases'), { recursive: true });
  const fourth = moved.open([CACHE], { elsewhere });
  await fourth.start();
  assert.equal(await command(fourth.url('cache'), 'GET', 'kept'), '7');
  assert.deepEqual(moved.warnings, []);
});

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

test('who does not want to wait any longer need not, and what was being started is gone', async (t) => {
  const { open, nonce } = stateFolderOf(t);
  await assert.rejects(open([CACHE], { giveUp: AbortSignal.abort() }).start(), {
    code: 'INTERRUPTED',
    exitCode: 130,
  });
  assert.deepEqual(foundServers(nonce), []);
});
