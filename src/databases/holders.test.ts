import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { until } from '../../test/support/until.ts';
import { foundServers } from './found.ts';
import { KINDS, serverAccount } from './kinds.ts';
import { MAIN, CACHE, never, stateFolderOf, viewOf } from '../../test/support/databases.ts';

test('a pid that was left behind and is somebody else’s now is no obstacle', async (t) => {
  const { folder, open } = stateFolderOf(t);
  const first = open([MAIN]);
  await first.start();
  await first.stop(never, 'all');
  // Somebody else of the same user, whom PostgreSQL would take for another server.
  const account = serverAccount(KINDS.postgres);
  const other = spawn('sleep', ['600'], {
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

test('who lets go of a database that is being started again starts none any more', async (t) => {
  const { folder, open, nonce } = stateFolderOf(t);
  const first = open([MAIN]);
  const changes: string[] = [];
  first.onChange(({ change }) => changes.push(change));
  await first.start();
  // As a child of it that holds on to its memory: nobody is started beside that.
  const program = join(folder, 'postgres');
  copyFileSync('/bin/sleep', program);
  const child = spawn(program, ['600'], { cwd: join(folder, 'databases/main/data') });
  t.after(() => child.kill('SIGKILL'));
  await once(child, 'spawn');
  const { pid } = viewOf(first, 'main');
  assert.ok(pid);
  process.kill(pid, 'SIGKILL');
  await until('its end is seen', () => changes.includes('ended'));
  await first.close();
  assert.deepEqual(foundServers(nonce), []);
  assert.equal(child.exitCode, null, 'nor was anybody killed for it');
});

test('who repairs the data in single-user mode is not disturbed', async (t) => {
  const { folder, open } = stateFolderOf(t);
  const first = open([MAIN]);
  await first.start();
  await first.stop(never, 'all');
  const data = join(folder, 'databases/main/data');
  const program = join(folder, 'postgres');
  copyFileSync('/bin/sleep', program);
  const admin = spawn(program, ['600'], { cwd: data });
  t.after(() => admin.kill('SIGKILL'));
  await once(admin, 'spawn');
  writeFileSync(join(data, 'postmaster.pid'), `-${admin.pid}\n${data}\n`);
  await assert.rejects(open([MAIN]).start(), { code: 'DATABASE_IN_USE' });
  assert.equal(admin.exitCode ?? admin.signalCode, null);
});

test('a name that stands for another kind of server now is no reason to go on with that of before', async (t) => {
  const { open, nonce } = stateFolderOf(t);
  const first = open([{ ...CACHE, name: 'main' }]);
  await first.start();
  await first.close();
  const second = open([MAIN]);
  await assert.rejects(second.start(), { message: /could not be made: .* holds something else/ });
  assert.deepEqual(foundServers(nonce), []);
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
