import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
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
