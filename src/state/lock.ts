import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { codeOf } from '../kit/errors.ts';
import { asStateError } from './errors.ts';
import { isRecord, parseJson } from './json.ts';
import { writeWhole } from '../kit/whole-file.ts';

export interface Lock {
  /** Tells the others that the holder is about to end: it must not be told again, which would hurry it. */
  leaving(): void;
  release(): void;
}

export interface LockHolder {
  readonly pid: number;
  /** ms since the epoch. */
  readonly startedAt: number;
  /** It ends by itself soon; to be waited for. */
  readonly stopping: boolean;
}

/**
 * Takes the lock for as long as this process lives, or returns null when another holds it. The lock is SQLite's write
 * lock on a file of its own, a POSIX record lock: the kernel frees it however the process ends, and children do not
 * inherit it. Such a lock is lost when its holder closes any other descriptor of the file, so nothing may read it;
 * who holds it stands in `PATH.json`.
 * @throws TidegateError STATE_NOT_WRITABLE
 */
export function acquireLock(path: string, holder: LockHolder): Lock | null {
  let held: DatabaseSync;
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    makePrivateFile(path);
    held = lockedDatabase(path);
  } catch (thrown) {
    if (isBusy(thrown)) return null;
    throw asStateError(path, thrown);
  }
  try {
    writeHolder(path, holder);
  } catch (thrown) {
    held.close();
    throw asStateError(path, thrown);
  }
  kept.add(held);
  return {
    leaving() {
      writeHolder(path, { ...holder, stopping: true });
    },
    release() {
      if (!held.isOpen) return;
      rmSync(holderPath(path), { force: true });
      held.close();
      kept.delete(held);
    },
  };
}

/**
 * Who holds the lock; null when nobody does or it is not known. What a killed holder wrote stays until the next has
 * written, and its pid may be a stranger's by then: it counts only while the kernel names that pid among the holders.
 * @throws TidegateError STATE_NOT_WRITABLE
 */
export function readLockHolder(path: string): LockHolder | null {
  let text: string;
  try {
    text = readFileSync(holderPath(path), 'utf8');
  } catch (thrown) {
    if (codeOf(thrown) === 'ENOENT') return null;
    throw asStateError(path, thrown);
  }
  const value = parseJson(text);
  if (!isRecord(value)) return null;
  const { pid, startedAt, stopping } = value;
  if (typeof pid !== 'number' || typeof startedAt !== 'number') return null;
  return writesToSqlite(pid) ? { pid, startedAt, stopping: stopping === true } : null;
}

// Private

/** A database that nobody refers to any more is closed by the garbage collector, and its lock with it. */
const kept = new Set<DatabaseSync>();

function holderPath(path: string): string {
  return `${path}.json`;
}

function makePrivateFile(path: string): void {
  try {
    // Exclusively: a file that another process of ours has just made is not opened, nor closed, here.
    closeSync(openSync(path, 'wx', 0o600));
  } catch (thrown) {
    if (codeOf(thrown) !== 'EEXIST') throw thrown;
  }
}

function lockedDatabase(path: string): DatabaseSync {
  try {
    return beginOn(path);
  } catch (thrown) {
    if (isBusy(thrown) || codeOf(thrown) !== 'ERR_SQLITE_ERROR') throw thrown;
    // Nothing is ever committed to it, so that whatever stands in the file is damage. Emptied in place: the lock of
    // one who holds it is on the file and stays, while under another name it would be out of the way of a second.
    truncateSync(path);
    return beginOn(path);
  }
}

function beginOn(path: string): DatabaseSync {
  const database = new DatabaseSync(path, { timeout: 0 });
  try {
    // In memory, as a journal left by a killed holder would have to be played back by the next.
    database.exec('PRAGMA journal_mode = MEMORY');
    // Of any number of processes one gets this: it is a single test-and-set, unlike EXCLUSIVE, which waits for readers.
    database.exec('BEGIN IMMEDIATE');
    return database;
  } catch (thrown) {
    database.close();
    throw thrown;
  }
}

function writeHolder(path: string, holder: LockHolder): void {
  writeWhole(holderPath(path), `${JSON.stringify(holder)}\n`);
}

/**
 * Whether the process has SQLite's write lock on any file, on which one is not asked: some file systems show the kernel
 * another inode than us. Where the kernel shows no locks at all, what was written has to do.
 */
function writesToSqlite(pid: number): boolean {
  if (holdsByItsFiles(pid)) return true;
  const locks = kernelLocks();
  if (locks === null) return Number.isSafeInteger(pid) && pid > 1;
  return locks.split('\n').some((line) => {
    const [, kind, , mode, holder, , from, to] = line.split(/\s+/);
    const isWriteLock =
      kind === 'POSIX' && mode === 'WRITE' && from === RESERVED && to === RESERVED;
    return isWriteLock && holder === String(pid);
  });
}

/** Told whole, but not of another user's process; the list of all locks comes a page at a time and may leave one out. */
function holdsByItsFiles(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 1) return false;
  const folder = `/proc/${pid}/fdinfo`;
  const lock = new RegExp(`^lock:.*POSIX.*WRITE ${pid} .* ${RESERVED} ${RESERVED}$`, 'm');
  try {
    return readdirSync(folder).some((file) => holdsBy(`${folder}/${file}`, lock));
  } catch {
    // Gone, or not ours to look at.
    return false;
  }
}

function holdsBy(path: string, lock: RegExp): boolean {
  try {
    return lock.test(readFileSync(path, 'utf8'));
  } catch {
    // Closed meanwhile.
    return false;
  }
}

/** Null: it shows none here. */
function kernelLocks(): string | null {
  try {
    return readFileSync('/proc/locks', 'utf8');
  } catch (thrown) {
    if (codeOf(thrown) === 'ENOENT') return null;
    throw thrown;
  }
}

/** The byte of a file that stands for the intention to write, in SQLite's file format. */
const RESERVED = String(0x40000001);

/** SQLITE_BUSY: another connection has the write lock. */
function isBusy(thrown: unknown): boolean {
  return (
    codeOf(thrown) === 'ERR_SQLITE_ERROR' &&
    (Number((thrown as { errcode?: unknown }).errcode) & 0xff) === 5
  );
}
