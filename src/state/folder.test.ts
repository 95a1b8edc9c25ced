import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from '../../test/support/temporary.ts';
import { prepareStateFolder, readOrMakeToken, stateFolder } from './folder.ts';

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
});

test('the token is made once, long, and readable by its owner alone', (t) => {
  const path = join(temporaryFolder(t), 'token');
  const token = readOrMakeToken(path);
  assert.ok(token.length >= 43);
  assert.equal(mode(path), 0o600);
  assert.equal(readOrMakeToken(path), token);
});
