import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openHome } from './home.ts';
import { CACHE, never, stateFolderOf, command } from '../../test/support/databases.ts';

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

test('a place of the data that we never choose is not gone to', (t) => {
  const { folder, nonce } = stateFolderOf(t);
  const own = join(folder, 'databases');
  const victim = join(folder, 'victim');
  mkdirSync(join(victim, '0123456789abcdef'), { recursive: true, mode: 0o700 });
  const premises = { folder: own, placeOf: () => '1', nonce, elsewhere: join(folder, 'elsewhere') };
  const [uid, gid] = [process.getuid?.() ?? 0, process.getgid?.() ?? 0];
  const account = { name: 'x', uid, gid, home: '/' };
  openHome(premises, 'main', null).rememberPort(30_001);
  const lead = (home: string): void =>
    writeFileSync(
      join(own, 'main/server.json'),
      JSON.stringify({ folder: own, place: '1', home, port: 30_001 }),
    );
  const open = (): unknown => openHome(premises, 'main', account);
  for (const home of [
    join(victim, 'any/main'),
    join(victim, '0123456789abcdef/other'),
    `${victim}/0123456789abcdef/../0123456789abcdef/main`,
    '0123456789abcdef/main',
  ]) {
    lead(home);
    assert.throws(open, { code: 'DATABASE_FAILED', message: /says that its data is in/ }, home);
  }
  chmodSync(victim, 0o777);
  lead(join(victim, '0123456789abcdef/main'));
  assert.throws(open, { code: 'DATABASE_FAILED' }, 'anybody may have made it');
  assert.deepEqual(readdirSync(join(victim, '0123456789abcdef')), []);
  assert.equal(statSync(victim).mode & 0o777, 0o777, 'nothing was changed');
  chmodSync(victim, 0o700);
  assert.doesNotThrow(open);
  assert.equal(statSync(victim).mode & 0o777, 0o700, 'nor is one that has the form');
});
