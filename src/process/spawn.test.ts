import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { silentLog } from '../kit/log.ts';
import { temporaryFolder } from '../../test/support/temporary.ts';
import { createLogFiles } from './log-file.ts';
import { spawn, type SpawnOrder } from './spawn.ts';

const files = createLogFiles(silentLog);

function order(
  folder: string,
  argv: readonly string[],
  more: Partial<SpawnOrder> = {},
): SpawnOrder {
  const env = { PATH: process.env.PATH ?? '' };
  return { argv, cwd: folder, env, user: null, nonce: 'n0', logPath: join(folder, 'log'), ...more };
}

test('both outputs go straight to a file that only we may read, after what was there', async (t) => {
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, 'log'), 'before\n', { mode: 0o600 });
  const argv = ['sh', '-c', 'echo out; echo err >&2; readlink /proc/self/fd/1'];
  const spawned = await spawn(order(folder, argv), files);
  await spawned.exited;
  const log = join(folder, 'log');
  assert.equal(readFileSync(log, 'utf8'), `before\nout\nerr\n${log}\n`);

  await (await spawn(order(folder, ['true'], { logPath: join(folder, 'new/log') }), files)).exited;
  assert.equal(statSync(join(folder, 'new/log')).mode & 0o777, 0o600);
  assert.equal(statSync(join(folder, 'new')).mode & 0o777, 0o700);
});

test('the program sees the environment given and nothing of ours', async (t) => {
  const folder = temporaryFolder(t);
  const env = { PATH: process.env.PATH ?? '', COLOUR: 'blue' };
  await (await spawn(order(folder, ['env'], { env }), files)).exited;
  const seen = readFileSync(join(folder, 'log'), 'utf8').trim().split('\n').sort();
  assert.deepEqual(seen, ['COLOUR=blue', `PATH=${env.PATH}`, 'TIDEGATE_NONCE=n0']);
});

test('what cannot start says why and what to do', async (t) => {
  const folder = temporaryFolder(t);
  const plain = join(folder, 'plain.js');
  writeFileSync(plain, 'x');
  const script = join(folder, 'script');
  writeFileSync(script, '#!/no/such/interpreter\n');
  chmodSync(script, 0o755);
  mkdirSync(join(folder, 'serve'));

  const rejects = (argv: string[], code: string, text: RegExp, more: Partial<SpawnOrder> = {}) =>
    assert.rejects(spawn(order(folder, argv, more), files), (thrown: Error & { hint?: string }) => {
      assert.equal((thrown as { code?: string }).code, code);
      assert.match(`${thrown.message} ${thrown.hint}`, text);
      return true;
    });
  await rejects(
    ['no-such-command'],
    'COMMAND_NOT_FOUND',
    /no-such-command .* on the PATH.*Install/,
  );
  await rejects(['./missing'], 'COMMAND_NOT_FOUND', /\.\/missing was not found from/);
  await rejects(['./serve'], 'COMMAND_NOT_FOUND', /serve/);
  await rejects(['./plain.js'], 'SPAWN_FAILED', /plain\.js is not executable.*chmod/);
  await rejects(['./script'], 'SPAWN_FAILED', /interpreter/);
  await rejects(['true'], 'SPAWN_FAILED', /folder .* does not exist/, { cwd: '/no/such/folder' });
  await rejects(['true'], 'UNKNOWN_USER', /no user no-such-user/, { user: 'no-such-user' });
  await rejects(['true'], 'LOG_NOT_WRITABLE', /cannot write the log/, { logPath: `${plain}/log` });
  await rejects(['true', 'a\0b'], 'SPAWN_FAILED', /could not start/);
});

test('a program runs as the user named, with that user’s home', {
  skip: process.getuid?.() !== 0 && 'only root may do this',
}, async (t) => {
  const folder = temporaryFolder(t);
  const argv = ['sh', '-c', 'id -u; id -G; echo $USER'];
  const spawned = await spawn(order(folder, argv, { cwd: '/', user: 'nobody' }), files);
  await spawned.exited;
  assert.match(readFileSync(join(folder, 'log'), 'utf8'), /^65534\n65534\nnobody\n$/);
  assert.equal(spawned.identity.uid, 65534);
  const own = join(folder, 'own');
  writeFileSync(own, '#!/bin/sh\n', { mode: 0o755 });
  await assert.rejects(spawn(order(folder, [own], { cwd: '/', user: 'nobody' }), files), {
    code: 'SPAWN_FAILED',
    hint: `nobody may not run it, or not come through the folders to it or to cwd: namei -l ${own} shows what each allows.`,
  });
});
