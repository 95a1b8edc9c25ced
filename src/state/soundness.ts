import { closeSync, openSync, readSync } from 'node:fs';
import { DatabaseSync, type SQLOutputValue } from 'node:sqlite';
import { stateCorrupt } from './errors.ts';
import { MIGRATIONS } from './migrate.ts';
import type { Sql } from './sql.ts';

/** Before anything is written to it. @throws TidegateError STATE_CORRUPT when its pages do not hang together */
export function refuseDamagedPages(sql: Sql): void {
  const found = sql.one('PRAGMA quick_check(1)')?.['quick_check'];
  if (found !== 'ok') throw stateCorrupt(sql.path, new Error(String(found)));
}

/**
 * The pages may be sound and yet not ours: a table or column is missing, or a number is beyond all that we write.
 * @throws TidegateError STATE_CORRUPT, STATE_NOT_WRITABLE
 */
export function refuseForeignTables(sql: Sql): void {
  const found = new Set(sql.all(COLUMNS).map((row) => row['column']));
  expected ??= columnsOfNew();
  for (const column of expected)
    if (!found.has(column)) throw stateCorrupt(sql.path, new Error(`${String(column)} is missing`));
  for (const query of READ_AT_START) sql.all(query);
  // Deletes nothing, but begins to write, so that a file open for reading only is known now.
  sql.exec('DELETE FROM project WHERE nonce IS NULL');
}

/**
 * Whether the first bytes are those of a database that may be written. SQLite opens one with a damaged version byte
 * for reading only, which looks like a disk that cannot be written. Not while the file is open in this process, as
 * closing it would give up SQLite's locks.
 */
export function hasSoundHeader(path: string): boolean {
  const header = Buffer.alloc(100);
  const file = openSync(path, 'r');
  try {
    const length = readSync(file, header, 0, header.length, 0);
    if (length === 0) return true;
  } finally {
    closeSync(file);
  }
  const versions = [header[18], header[19]];
  return (
    header.toString('latin1', 0, 16) === 'SQLite format 3\0' &&
    versions.every((version) => version === 1 || version === 2)
  );
}

// Private

const COLUMNS = `
SELECT tables.name || '.' || columns.name || '.' || columns.pk AS column
FROM sqlite_master AS tables JOIN pragma_table_info(tables.name) AS columns
WHERE tables.type = 'table'`;

/** What a control plane cannot start without: better to find a number here that cannot be read than then. */
const READ_AT_START = [
  'SELECT * FROM controls',
  'SELECT * FROM replica_numbers',
  "SELECT * FROM replicas WHERE state NOT IN ('stopped', 'failed')",
  'SELECT * FROM deployments ORDER BY id DESC LIMIT 1',
  'SELECT created_at FROM revisions',
];

let expected: readonly SQLOutputValue[] | undefined;

function columnsOfNew(): readonly SQLOutputValue[] {
  const database = new DatabaseSync(':memory:');
  try {
    for (const step of MIGRATIONS) database.exec(step);
    return database
      .prepare(COLUMNS)
      .all()
      .flatMap((row) => row['column'] ?? []);
  } finally {
    database.close();
  }
}
