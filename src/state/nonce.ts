import { randomBytes } from 'node:crypto';
import { chmodSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { codeOf } from '../kit/errors.ts';
import { asStateError, nonceDamaged, stateCorrupt } from './errors.ts';
import { placeOf } from './place.ts';
import type { Sql } from './sql.ts';
import { writeWhole } from '../kit/whole-file.ts';

/**
 * 32 random bytes as hex, made once in the life of the project. They stand in a file of their own beside the state
 * file, so that what runs is found again when the state file is lost; the copy in there is for when the other is.
 * Both note the place they were made for: the copy of a folder is another project and gets another nonce, or each would
 * take the other's processes for its own. A folder that is only renamed stays what it was.
 * @throws TidegateError STATE_CORRUPT, of the one or the other file
 */
export function readOrMakeNonce(sql: Sql): string {
  const folder = dirname(sql.path);
  const path = join(folder, 'nonce');
  // Under the write lock, so that two processes that open a new project make one nonce between them.
  return sql.transaction(() => {
    const here = placeOf(folder);
    const kept = readNonce(path);
    const stored = storedNonce(sql);
    if (kept === null && stored !== null && !isNonce(stored.nonce))
      throw stateCorrupt(sql.path, new Error('the project nonce is not 64 hex digits'));
    const nonce = belongingTo(here, [kept, stored]) ?? randomBytes(32).toString('hex');
    if (kept?.nonce !== nonce || kept.place !== here) writeNonce(path, { nonce, place: here });
    // They are of the project that this state file was copied from.
    if (stored !== null && stored.nonce !== nonce) sql.run('DELETE FROM replicas');
    if (stored?.nonce !== nonce || stored.place !== here) {
      sql.run('DELETE FROM project');
      sql.run('INSERT INTO project (nonce, place) VALUES (?, ?)', nonce, here);
    }
    return nonce;
  });
}

// Private

interface PlacedNonce {
  readonly nonce: string;
  /** Null: it was written before places were noted. */
  readonly place: string | null;
}

/** The first that was made here, or for no known place; one made elsewhere counts nowhere else. */
function belongingTo(here: string, known: readonly (PlacedNonce | null)[]): string | undefined {
  const all = known.filter((each) => each !== null);
  const elsewhere = all.filter(({ place }) => place !== null && place !== here);
  return all.find(({ nonce }) => !elsewhere.some((other) => other.nonce === nonce))?.nonce;
}

function isNonce(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
}

function storedNonce(sql: Sql): PlacedNonce | null {
  const row = sql.one('SELECT nonce, place FROM project');
  return row ? { nonce: row['nonce'] as string, place: row['place'] as string | null } : null;
}

/** Null when there is no such file. */
function readNonce(path: string): PlacedNonce | null {
  let text: string;
  try {
    text = readFileSync(path, 'utf8').trim();
    chmodSync(path, 0o600);
  } catch (thrown) {
    if (codeOf(thrown) === 'ENOENT') return null;
    throw asStateError(path, thrown);
  }
  const [nonce, place = null, ...rest] = text.split('\n');
  // A wrong nonce would disown every running replica: better to say so than to make another.
  if (!isNonce(nonce) || rest.length > 0 || !/^\d+:\d+$/.test(place ?? '0:0'))
    throw nonceDamaged(path);
  return { nonce, place };
}

function writeNonce(path: string, { nonce, place }: PlacedNonce): void {
  try {
    writeWhole(path, `${nonce}\n${place}\n`);
  } catch (thrown) {
    throw asStateError(path, thrown);
  }
}
