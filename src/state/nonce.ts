import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { codeOf } from '../kit/errors.ts';
import { asStateError, nonceDamaged, stateCorrupt } from './errors.ts';
import type { Sql } from './sql.ts';

/**
 * 32 random bytes as hex, made once in the life of the project. They stand in a file of their own beside the state
 * file, so that what runs is found again when the state file is lost; the copy in there is for when the other is.
 * @throws TidegateError STATE_CORRUPT, of the one or the other file
 */
export function readOrMakeNonce(sql: Sql): string {
  const path = join(dirname(sql.path), 'nonce');
  // Under the write lock, so that two processes that open a new project make one nonce between them.
  return sql.transaction(() => {
    const kept = readNonce(path);
    const stored = sql.one('SELECT nonce FROM project')?.['nonce'];
    if (kept === null && stored !== undefined && !isNonce(stored))
      throw stateCorrupt(sql.path, new Error('the project nonce is not 64 hex digits'));
    const nonce = kept ?? (stored as string | undefined) ?? randomBytes(32).toString('hex');
    if (kept === null) writeNonce(path, nonce);
    if (stored !== nonce) {
      sql.run('DELETE FROM project');
      sql.run('INSERT INTO project (nonce) VALUES (?)', nonce);
    }
    return nonce;
  });
}

// Private

function isNonce(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
}

/** Null when there is no such file. */
function readNonce(path: string): string | null {
  let text: string;
  try {
    text = readFileSync(path, 'utf8').trim();
    chmodSync(path, 0o600);
  } catch (thrown) {
    if (codeOf(thrown) === 'ENOENT') return null;
    throw asStateError(path, thrown);
  }
  // A wrong nonce would disown every running replica: better to say so than to make another.
  if (!isNonce(text)) throw nonceDamaged(path);
  return text;
}

/** On the disk before its name is: after a power cut there is a whole one or none. */
function writeNonce(path: string, nonce: string): void {
  const written = `${path}.new`;
  try {
    rmSync(written, { force: true });
    const file = openSync(written, 'wx', 0o600);
    try {
      writeSync(file, `${nonce}\n`);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(written, path);
  } catch (thrown) {
    throw asStateError(path, thrown);
  }
}
