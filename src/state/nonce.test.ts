import assert from 'node:assert/strict';
import {
  chmodSync,
  cpSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { testStore, type TestStore } from '../../test/support/store.ts';
import { openStore } from './open.ts';
import { placeOf } from './place.ts';
import type { Store } from './store.ts';

const NONCE = 'ab'.repeat(32);
const clock = { now: () => 0 };
const nonceFile = ({ path }: TestStore): string => join(dirname(path), 'nonce');
const textOf = (file: TestStore, nonce: string): string =>
  `${nonce}\n${placeOf(dirname(file.path))}\n`;

test('the nonce is 64 hex digits, the same for the life of the project and another in another', (t) => {
  const file = testStore(t);
  const { nonce } = file.store;
  assert.match(nonce, /^[0-9a-f]{64}$/);
  assert.equal(file.reopen().nonce, nonce);
  assert.notEqual(testStore(t).store.nonce, nonce);
});

test('it stands in a file of its own, for its owner only', (t) => {
  const file = testStore(t);
  assert.equal(readFileSync(nonceFile(file), 'utf8'), textOf(file, file.store.nonce));
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
  assert.equal(readFileSync(nonceFile(file), 'utf8'), textOf(file, nonce));
});

test('a file of the first version, which alone has the nonce, hands it over', (t) => {
  const file = testStore(t);
  file.store.close();
  rmSync(nonceFile(file));
  sql(file.path, `UPDATE project SET nonce = '${NONCE}', place = NULL`);
  assert.equal(file.reopen().nonce, NONCE);
  assert.equal(readFileSync(nonceFile(file), 'utf8'), textOf(file, NONCE));
});

test('where the two differ, the file of its own counts', (t) => {
  const file = testStore(t);
  const other = 'cd'.repeat(32);
  writeFileSync(nonceFile(file), other);
  assert.equal(file.reopen().nonce, other);
  rmSync(nonceFile(file));
  assert.equal(file.reopen().nonce, other);
});

test('the copy of a folder is another project, to which the replicas of the first do not belong', (t) => {
  const file = testStore(t);
  file.store.replicas.put(replicaRow);
  file.store.controls.setPinned('api', 3);
  const { nonce } = file.store;
  for (const lost of [null, 'nonce', 'state.db']) {
    const copy = copyOf(file);
    if (lost !== null) rmSync(join(copy, lost));
    const store = openAt(t, copy);
    assert.match(store.nonce, /^[0-9a-f]{64}$/);
    assert.notEqual(store.nonce, nonce, `without ${lost}`);
    assert.deepEqual(store.replicas.live(), []);
    assert.equal(store.controls.get('api').pinned, lost === 'state.db' ? null : 3);
    assert.equal(openAt(t, copy).nonce, store.nonce);
  }
  assert.equal(file.reopen().nonce, nonce, 'the first stays what it was');
  assert.equal(file.store.replicas.live().length, 1);
});

test('a folder that was renamed is the same project', (t) => {
  const file = testStore(t);
  file.store.replicas.put(replicaRow);
  const { nonce } = file.store;
  file.store.close();
  const elsewhere = `${dirname(file.path)}-renamed`;
  renameSync(dirname(file.path), elsewhere);
  const store = openAt(t, elsewhere);
  assert.equal(store.nonce, nonce);
  assert.equal(store.replicas.live().length, 1);
});

test('a nonce without a place, of an earlier version, is bound to the place where it is opened', (t) => {
  const file = testStore(t);
  const { nonce } = file.store;
  file.store.close();
  writeFileSync(nonceFile(file), `${nonce}\n`);
  sql(file.path, 'UPDATE project SET place = NULL');
  const copy = copyOf(file);
  assert.equal(file.reopen().nonce, nonce);
  assert.equal(readFileSync(nonceFile(file), 'utf8'), textOf(file, nonce));
  assert.equal(openAt(t, copy).nonce, nonce, 'copied before it was bound');
  assert.notEqual(openAt(t, copyOf(file)).nonce, nonce, 'copied since');
});

test('a nonce that is none is damage: another would disown every running replica', (t) => {
  const file = testStore(t);
  file.store.close();
  for (const text of ['', 'short\n', 'AB'.repeat(32), `${NONCE}\n7\n`, `${NONCE}\n7:8\n9\n`]) {
    writeFileSync(nonceFile(file), text);
    assert.throws(() => openStore(file.path, clock), {
      code: 'STATE_CORRUPT',
      facts: { path: nonceFile(file) },
    });
  }
  rmSync(nonceFile(file));
  sql(file.path, "UPDATE project SET nonce = 'short'");
  assert.throws(() => openStore(file.path, clock), {
    code: 'STATE_CORRUPT',
    facts: { path: file.path },
  });
});

// Private

const replicaRow = {
  id: 'api-1',
  service: 'api',
  revision: 'r1',
  state: 'ready',
  host: '127.0.0.1',
  port: 20_000,
  pid: 7,
  identity: { pid: 7 },
  startedAt: 1,
  readyAt: 2,
  stoppedAt: null,
  note: null,
} as const;

/** As `cp -a` makes it. */
function copyOf({ path }: TestStore): string {
  const copy = join(dirname(dirname(path)), `copy-${copies++}`);
  cpSync(dirname(path), copy, { recursive: true, preserveTimestamps: true });
  return copy;
}

let copies = 0;

function openAt(t: TestContext, folder: string): Store {
  const store = openStore(join(folder, 'state.db'), clock);
  t.after(() => store.close());
  return store;
}

function sql(path: string, text: string): void {
  const raw = new DatabaseSync(path);
  raw.exec(text);
  raw.close();
}
