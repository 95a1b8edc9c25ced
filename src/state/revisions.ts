import { parseJson, toJson } from './json.ts';
import type { Row, Sql } from './sql.ts';

/** One version of a service: what its replicas are started from. */
export interface RevisionRow {
  readonly service: string;
  /** A short hash of the definition: the same definition is the same revision. */
  readonly id: string;
  /** Plain JSON; secrets as references, never as values. */
  readonly definition: unknown;
  /** ms since the epoch. */
  readonly createdAt: number;
}

export interface RevisionStore {
  /** Remembers the revision unless it is known, and makes it the service's current one. */
  use(row: RevisionRow): void;
  current(service: string): RevisionRow | null;
  /** The one in use before the current one, never the same: to use it makes the current one the previous. */
  previous(service: string): RevisionRow | null;
  /** The newest first. */
  list(service: string): readonly RevisionRow[];
}

export function createRevisionStore(sql: Sql): RevisionStore {
  return {
    use(row) {
      sql.transaction(() => {
        sql.run(
          'INSERT OR IGNORE INTO revisions (service, id, definition, created_at) VALUES (?, ?, ?, ?)',
          row.service,
          row.id,
          toJson(row.definition),
          row.createdAt,
        );
        sql.run(NOTE_USE, row.service, row.id, row.service, row.id);
        sql.run(
          `INSERT INTO current_revisions (service, id) VALUES (?, ?)
           ON CONFLICT (service) DO UPDATE SET id = excluded.id`,
          row.service,
          row.id,
        );
      });
    },
    current(service) {
      const row = sql.one(
        `SELECT revisions.* FROM current_revisions JOIN revisions USING (service, id)
         WHERE service = ?`,
        service,
      );
      return row ? fromRow(row) : null;
    },
    previous(service) {
      const row = sql.one(PREVIOUS, service, service);
      return row ? fromRow(row) : null;
    },
    list: (service) =>
      sql
        .all(
          'SELECT * FROM revisions WHERE service = ? ORDER BY created_at DESC, rowid DESC',
          service,
        )
        .map(fromRow),
  };
}

// Private

/** Before the current one changes: using the same again is no new use. */
const NOTE_USE = `
INSERT INTO revision_uses (service, revision) SELECT ?, ?
WHERE NOT EXISTS (SELECT 1 FROM current_revisions WHERE service = ? AND id = ?)`;

const PREVIOUS = `
SELECT revisions.* FROM revision_uses
JOIN revisions ON revisions.service = revision_uses.service AND revisions.id = revision_uses.revision
WHERE revision_uses.service = ?
  AND revision_uses.revision <> (SELECT id FROM current_revisions WHERE service = ?)
ORDER BY revision_uses.id DESC LIMIT 1`;

function fromRow(row: Row): RevisionRow {
  return {
    service: row['service'] as string,
    id: row['id'] as string,
    definition: parseJson(row['definition']),
    createdAt: row['created_at'] as number,
  };
}
