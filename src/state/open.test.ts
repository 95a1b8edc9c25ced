import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { killedNode } from '../../test/support/killed-node.ts';
import { testStore } from '../../test/support/store.ts';
import { temporaryFolder } from '../../test/support/temporary.ts';
import { TidegateError } from '../kit/errors.ts';
import { openStore } from './open.ts';
import type { Store } from './store.ts';

const clock = { now: () => 1_700_000_000_000 };
const mode = (path: string): string => (statSync(path).mode & 0o777).toString(8);

test('the file and those beside it are readable by their owner only, in a folder of its own', (t) => {
  const { path } = testStore(t);
  assert.equal(mode(join(path, '..')), '700');
  for (const file of [path, `${path}-wal`, `${path}-shm`]) assert.equal(mode(file), '600', file);
});

test('a file that others could read is closed to them; a folder that exists keeps its mode', (t) => {
  const file = testStore(t);
  file.store.close();
  chmodSync(file.path, 0o644);
  chmodSync(join(file.path, '..'), 0o711);
  const store = openStore(file.path, clock);
  t.after(() => store.close());
  assert.equal(mode(file.path), '600');
  assert.equal(mode(`${file.path}-wal`), '600');
  assert.equal(mode(join(file.path, '..')), '711');
});

test('a file of a newer version is refused and not one byte of it changes', (t) => {
  const path = join(temporaryFolder(t), 'state.db');
  // Killed, so that the newer version still stands in the write-ahead log and not in the file.
  killedNode(`
    const { openStore } = await import(${JSON.stringify(import.meta.resolve('./open.ts'))});
    const { DatabaseSync } = await import('node:sqlite');
    openStore(${JSON.stringify(path)}, { now: Date.now }).facts.set('a', 1);
    new DatabaseSync(${JSON.stringify(path)}).exec('PRAGMA user_version = 999');
    process.kill(process.pid, 'SIGKILL');`);
  const before = [path, `${path}-wal`].map((file) => readFileSync(file));
  assert.ok((before[1]?.length ?? 0) > 0);
  assert.throws(
    () => openStore(path, clock),
    refusal('STATE_TOO_NEW', /newer Tidegate \(its version 999/),
  );
  assert.deepEqual(
    [path, `${path}-wal`].map((file) => readFileSync(file)),
    before,
  );
});

test('a file that is no database is refused and left as it is', (t) => {
  const path = join(temporaryFolder(t), 'state.db');
  writeFileSync(path, 'a shopping list\n'.repeat(500));
  assert.throws(() => openStore(path, clock), refusal('STATE_CORRUPT', /is damaged/));
  assert.equal(readFileSync(path, 'utf8'), 'a shopping list\n'.repeat(500));
});

test('a damaged page is found when the file is opened', (t) => {
  const file = filled(t);
  const fd = openSync(file, 'r+');
  // The page behind the middle, whatever table it belongs to.
  writeSync(fd, Buffer.alloc(4096, 0xa5), 0, 4096, Math.floor(statSync(file).size / 8192) * 4096);
  closeSync(fd);
  const damaged = readFileSync(file);
  assert.throws(() => openStore(file, clock), refusal('STATE_CORRUPT', /is damaged/));
  assert.deepEqual(readFileSync(file), damaged);
});

test('a file cut short is found when it is opened', (t) => {
  const file = filled(t);
  truncateSync(file, Math.floor(statSync(file).size / 2));
  assert.throws(() => openStore(file, clock), refusal('STATE_CORRUPT', /is damaged/));
  assert.ok(existsSync(file));
});

test('a folder that cannot be made is a coded error', (t) => {
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, 'file'), '');
  assert.throws(
    () => openStore(join(folder, 'file', 'state.db'), clock),
    refusal('STATE_NOT_WRITABLE', /could not be written/),
  );
});

test('a full disk is a coded error for each write, and the store goes on once there is room', (t) => {
  const folder = mountedFolder(t);
  if (folder === null) return t.skip('mounting needs root');
  const path = join(folder, 'state.db');
  const store = openStore(path, clock);
  t.after(() => store.close());
  store.facts.set('before', 1);
  const full = refusal('STATE_NOT_WRITABLE', /could not be written/);
  writeUntilFull(join(folder, 'ballast'));
  assert.throws(() => fill(store), full);
  assert.throws(() => store.facts.set('large', 'x'.repeat(1_000_000)), full);
  assert.throws(() => store.revisions.use(revision(1_000_000)), full);
  assert.equal(store.facts.get('before'), 1);
  truncateSync(join(folder, 'ballast'), 0);
  store.revisions.use(revision(10));
  assert.equal(store.revisions.current('api')?.id, 'r10');
});

// Private

function refusal(code: string, sentence: RegExp): (thrown: unknown) => boolean {
  return (thrown) => {
    assert.ok(thrown instanceof TidegateError, String(thrown));
    assert.equal(thrown.code, code, String(thrown.cause));
    assert.match(thrown.message, sentence);
    assert.ok(thrown.hint);
    assert.equal(thrown.exitCode, 1);
    return true;
  };
}

function revision(size: number) {
  return { service: 'api', id: `r${size}`, definition: 'x'.repeat(size), createdAt: 1 };
}

function fill(store: Store): void {
  for (let i = 0; i < 10_000; i++) store.facts.set(`fact ${i}`, 'x'.repeat(500));
}

/** A state file of some size, closed. */
function filled(t: Parameters<typeof temporaryFolder>[0]): string {
  const path = join(temporaryFolder(t), 'state.db');
  const store = openStore(path, clock);
  for (let i = 0; i < 500; i++) store.facts.set(`fact ${i}`, 'x'.repeat(500));
  store.close();
  return path;
}

/** A disk of half a megabyte, gone after the test; null where mounting is not allowed. */
function mountedFolder(t: Parameters<typeof temporaryFolder>[0]): string | null {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-disk-'));
  const unmount: (() => void)[] = [];
  t.after(() => {
    for (const undo of unmount) undo();
    rmSync(folder, { recursive: true });
  });
  try {
    const argv = ['-t', 'tmpfs', '-o', 'size=512k', 'tidegate-test', folder];
    execFileSync('/bin/mount', argv, { stdio: 'ignore' });
  } catch {
    return null;
  }
  unmount.push(() => execFileSync('/bin/umount', ['-l', folder]));
  return folder;
}

function writeUntilFull(path: string): void {
  const fd = openSync(path, 'w');
  try {
    for (;;) writeSync(fd, Buffer.alloc(4096, 1));
  } catch (thrown) {
    assert.equal((thrown as { code?: string }).code, 'ENOSPC');
  } finally {
    closeSync(fd);
  }
}
