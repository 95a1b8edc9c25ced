import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from '../../test/support/temporary.ts';
import {
  dropTemporaryRunFolder,
  prepareStateFolder,
  readOrMakeToken,
  stateFolder,
} from './folder.ts';

const mode = (path: string): number => statSync(path).mode & 0o777;

test('the folders are for their owner only and keep themselves out of the repository', (t) => {
  const folder = prepareStateFolder(temporaryFolder(t));
  assert.equal(mode(folder.logs), 0o700);
  assert.equal(mode(folder.haproxy), 0o700);
  assert.equal(mode(folder.path) & 0o066, 0, 'nobody else reads or writes in it');
  assert.equal(readFileSync(join(folder.path, '.gitignore'), 'utf8'), '*\n');
});

test('a path too long for a socket puts the sockets into a private temporary folder', (t) => {
  const long = join(temporaryFolder(t), 'a'.repeat(60), 'b'.repeat(60));
  mkdirSync(long, { recursive: true });
  const folder = prepareStateFolder(long);
  t.after(() => rmSync(folder.run, { recursive: true, force: true }));
  assert.ok(folder.run.length < 80);
  assert.equal(mode(folder.run), 0o700);
  assert.equal(folder.run, stateFolder(long).run, 'the same at every start');
  writeFileSync(join(folder.run, 'x.sock'), '');
  dropTemporaryRunFolder(folder);
  assert.ok(existsSync(folder.run), 'it is in use');
  rmSync(join(folder.run, 'x.sock'));
  dropTemporaryRunFolder(folder);
  assert.ok(!existsSync(folder.run));
  dropTemporaryRunFolder(folder);
});

const asRoot = {
  skip: process.getuid?.() === 0 ? false : 'HAProxy drops root only where it was root',
};

test('root keeps the sockets where HAProxy reaches them once it is another user', asRoot, (t) => {
  const open = temporaryFolder(t);
  chmodSync(open, 0o711);
  const inside = join(open, 'app');
  const outside = join(open, 'link');
  mkdirSync(inside, { mode: 0o711 });
  symlinkSync(inside, outside);
  assert.equal(stateFolder(inside).run, join(inside, '.tidegate/run'));
  assert.equal(stateFolder(outside).run, join(outside, '.tidegate/run'));
  chmodSync(open, 0o700);
  assert.match(stateFolder(inside).run, /^\/tmp\/tidegate-0-/);
  chmodSync(open, 0o711);
  chmodSync(inside, 0o700);
  assert.match(stateFolder(outside).run, /^\/tmp\/tidegate-0-/, 'a link does not hide the folder');
});

test('the token is made once, long, and readable by its owner alone', (t) => {
  const path = join(temporaryFolder(t), 'token');
  const token = readOrMakeToken(path);
  assert.ok(token.length >= 43);
  assert.equal(mode(path), 0o600);
  assert.equal(readOrMakeToken(path), token);
});

test('an empty token, left by a crash of old, is made anew', (t) => {
  const path = join(temporaryFolder(t), 'token');
  writeFileSync(path, '');
  assert.ok(readOrMakeToken(path).length >= 43);
});
