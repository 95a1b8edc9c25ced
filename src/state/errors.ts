import { codeOf, TidegateError } from '../kit/errors.ts';

export function stateTooNew(path: string, found: number, known: number): TidegateError {
  return new TidegateError(
    'STATE_TOO_NEW',
    `The state file ${path} was written by a newer Tidegate (its version ${found}, this one knows ${known}).`,
    {
      hint: 'Use the Tidegate that wrote it or a newer one; or move the file aside, with its -wal and -shm, to start without its history.',
      facts: { path, found, known },
    },
  );
}

export function stateCorrupt(path: string, cause: unknown): TidegateError {
  return new TidegateError('STATE_CORRUPT', `The state file ${path} is damaged.`, {
    hint: 'Nothing was deleted. Restore the file from a backup; `tidegate up` sets it aside and starts without its history.',
    cause,
    facts: { path },
  });
}

export function nonceDamaged(path: string): TidegateError {
  return new TidegateError('STATE_CORRUPT', `The file ${path} does not hold the project's nonce.`, {
    hint: 'It is 64 hex digits. Remove the file: the copy in the state file takes its place. Where both are lost, end what still runs by hand first.',
    facts: { path },
  });
}

/** What SQLite or the file system threw, as a coded error where it says something of the file; else as it came. */
export function asStateError(path: string, thrown: unknown): unknown {
  if (codeOf(thrown) === 'ERR_SQLITE_ERROR') {
    // The low byte is the kind, whatever the extended code adds.
    const kind = Number((thrown as { errcode?: unknown }).errcode) & 0xff;
    if (DAMAGED.has(kind)) return stateCorrupt(path, thrown);
    if (OUT_OF_REACH.has(kind)) return stateNotWritable(path, thrown);
    return thrown;
  }
  // A number that this file never held when it was sound.
  if (codeOf(thrown) === 'ERR_OUT_OF_RANGE') return stateCorrupt(path, thrown);
  return REFUSED.has(codeOf(thrown) ?? '') ? stateNotWritable(path, thrown) : thrown;
}

// Private

function stateNotWritable(path: string, cause: unknown): TidegateError {
  return new TidegateError('STATE_NOT_WRITABLE', `The state file ${path} could not be written.`, {
    hint: 'Free space on its disk, make the folder writable for this user, and end any other program that holds the file open.',
    cause,
    facts: { path },
  });
}

/** SQLITE_CORRUPT, SQLITE_NOTADB. */
const DAMAGED: ReadonlySet<number> = new Set([11, 26]);

/** SQLITE_PERM, BUSY, LOCKED, READONLY, IOERR, FULL, CANTOPEN: the disk or another process stands in the way. */
const OUT_OF_REACH: ReadonlySet<number> = new Set([3, 5, 6, 8, 10, 13, 14]);

const REFUSED: ReadonlySet<string> = new Set(
  'EACCES EPERM EROFS ENOSPC EDQUOT EIO ENOTDIR EISDIR EEXIST EMFILE ENFILE'.split(' '),
);
