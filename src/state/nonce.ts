import { randomBytes } from 'node:crypto';
import { stateCorrupt } from './errors.ts';
import type { Sql } from './sql.ts';

/** 32 random bytes as hex, made once in the life of the file. @throws TidegateError STATE_CORRUPT */
export function readOrMakeNonce(sql: Sql): string {
  return sql.transaction(() => {
    const stored = sql.one('SELECT nonce FROM project')?.['nonce'];
    if (stored === undefined) {
      const nonce = randomBytes(32).toString('hex');
      sql.run('INSERT INTO project (nonce) VALUES (?)', nonce);
      return nonce;
    }
    // A wrong nonce would disown every running replica: better to say so than to make another.
    if (typeof stored !== 'string' || !/^[0-9a-f]{64}$/.test(stored))
      throw stateCorrupt(sql.path, new Error('the project nonce is not 64 hex digits'));
    return stored;
  });
}
