import { first } from './migrations/0001-first.ts';
import { nothingLost } from './migrations/0002-nothing-lost.ts';
import { place } from './migrations/0003-place.ts';
import { shadows } from './migrations/0004-shadows.ts';
import { stateCorrupt, stateTooNew } from './errors.ts';
import type { Sql } from './sql.ts';

/** In order, never edited once released: the n-th lifts a file from version n − 1 to version n. */
export const MIGRATIONS: readonly string[] = [first, nothingLost, place, shadows];

/** The number of migrations this file has seen; 0 for an empty one. */
export function versionOf(sql: Sql): number {
  return Number(sql.one('PRAGMA user_version')?.['user_version'] ?? 0);
}

/** @throws TidegateError STATE_TOO_NEW when the file has seen migrations that are not in the list, STATE_CORRUPT */
export function checkVersion(sql: Sql, migrations: readonly string[] = MIGRATIONS): void {
  const version = versionOf(sql);
  if (version < 0 || version > BEYOND_BELIEF)
    throw stateCorrupt(sql.path, new Error(`no Tidegate writes version ${version}`));
  if (version > migrations.length) throw stateTooNew(sql.path, version, migrations.length);
}

/** Lifts the file to the newest version: all steps or, when one fails, none. @throws TidegateError STATE_TOO_NEW */
export function migrate(sql: Sql, migrations: readonly string[] = MIGRATIONS): void {
  checkVersion(sql, migrations);
  if (versionOf(sql) === migrations.length) return;
  sql.transaction(() => {
    // Asked again under the write lock: another process may have migrated meanwhile.
    for (const step of migrations.slice(versionOf(sql))) sql.exec(step);
    sql.exec(`PRAGMA user_version = ${migrations.length}`);
  });
}

// Private

/** So many migrations there will never be: the number is damaged. */
const BEYOND_BELIEF = 10_000;
