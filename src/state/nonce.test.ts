import assert from 'node:assert/strict';
import { chmodSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { testStore, type TestStore } from '../../test/support/store.ts';
import { openStore } from './open.ts';

const clock = { now: () => 0 };
const nonceFile = ({ path }: TestStore): string => join(dirname(path), 'nonce');

test('the nonce is 64 hex digits, the same for the life of the project and another in another', (t) => {
  const file = testStore(t);
  const { nonce } = file.store;
  assert.match(nonce, /^[0-9a-f]{64}$/);
  assert.equal(file.reopen().nonce, nonce);
  assert.notEqual(testStore(t).store.nonce, nonce);
});

test('it stands in a file of its own, for its owner only', (t) => {
  const file = testStore(t);
  assert.equal(readFileSync(nonceFile(file), 'utf8'), `${file.store.nonce}\n`);
  assert.equal(statSync(nonceFile(file)).mode & 0o777, 0o600);
  chmodSync(nonceFile(file), 0o644);
  file.reopen();
  assert.equal(statSync(nonceFile(file)).mode & 0o777, 0o600);
});

test('it outlives the state file, and the state file brings it back', (t) => {
  const file = testStore(t);
  const { nonce } = file.store;
  file.store.close();
  rmSync(file.path);
  assert.equal(file.reopen().nonce, nonce);
  rmSync(nonceFile(file));
  assert.equal(file.reopen().nonce, nonce, 'also by a state file that did not make it');
  assert.equal(readFileSync(nonceFile(file), 'utf8'), `${nonce}\n`);
});

test('a file of the first version, which alone has the nonce, hands it over', (t) => {
  const file = testStore(t);
  file.store.close();
  rmSync(nonceFile(file));
  const raw = new DatabaseSync(file.path);
  const nonce = 'ab'.repeat(32);
  raw.exec(`UPDATE project SET nonce = '${nonce}'`);
  raw.close();
  assert.equal(file.reopen().nonce, nonce);
  assert.equal(readFileSync(nonceFile(file), 'utf8'), `${nonce}\n`);
});

test('where the two differ, the file of its own counts', (t) => {
  const file = testStore(t);
  const other = 'cd'.repeat(32);
  writeFileSync(nonceFile(file), other);
  assert.equal(file.reopen().nonce, other);
  rmSync(nonceFile(file));
  assert.equal(file.reopen().nonce, other);
});

test('a nonce that is none is damage: another would disown every running replica', (t) => {
  const file = testStore(t);
  file.store.close();
  for (const text of ['', 'short\n', 'AB'.repeat(32)]) {
    writeFileSync(nonceFile(file), text);
    assert.throws(() => openStore(file.path, clock), {
      code: 'STATE_CORRUPT',
      facts: { path: nonceFile(file) },
    });
  }
  rmSync(nonceFile(file));
  const raw = new DatabaseSync(file.path);
  raw.exec("UPDATE project SET nonce = 'short'");
  raw.close();
  assert.throws(() => openStore(file.path, clock), {
    code: 'STATE_CORRUPT',
    facts: { path: file.path },
  });
});
