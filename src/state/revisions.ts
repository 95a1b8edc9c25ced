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

function fromRow(row: Row): RevisionRow {
  return {
    service: row['service'] as string,
    id: row['id'] as string,
    definition: parseJson(row['definition']),
    createdAt: row['created_at'] as number,
  };
}
