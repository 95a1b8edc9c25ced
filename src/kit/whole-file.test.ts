import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from '../../test/support/temporary.ts';
import { writeWhole } from './whole-file.ts';

test("a file is its owner's alone, also where a writer that was killed left half of one", (t) => {
  const folder = temporaryFolder(t);
  const path = join(folder, 'token');
  writeFileSync(`${path}.new`, 'half', { mode: 0o644 });
  writeWhole(path, 'first\n');
  writeWhole(path, 'second\n');
  assert.equal(readFileSync(path, 'utf8'), 'second\n');
  assert.equal(statSync(path).mode & 0o777, 0o600);
  assert.deepEqual(readdirSync(folder), ['token']);
});

test('where it cannot be put in place the one before stays', (t) => {
  const folder = temporaryFolder(t);
  const path = join(folder, 'token');
  writeWhole(path, 'first\n');
  mkdirSync(`${path}.new`);
  assert.throws(() => writeWhole(path, 'second\n'));
  assert.equal(readFileSync(path, 'utf8'), 'first\n');
  rmSync(`${path}.new`, { recursive: true });
});
