import type { Row, Sql } from './sql.ts';

/** Something that happened to a service and is no decision: a replica died, a start failed, a gateway came back. */
export interface Incident {
  /** ms since the epoch. */
  readonly at: number;
  readonly service: string;
  readonly replica: string | null;
  /** `REPLICA_DIED`, `CRASH_LOOP`, `NEVER_READY`… */
  readonly code: string;
  /** In words, as a person reads it. */
  readonly message: string;
}

export interface IncidentStore {
  add(incident: Incident): void;
  /** The newest first, `at` within [fromMs, toMs]. */
  list(service: string, fromMs: number, toMs: number, limit: number): readonly Incident[];
}

export function createIncidentStore(sql: Sql): IncidentStore {
  return {
    add({ service, at, replica, code, message }) {
      sql.run(
        'INSERT INTO incidents (service, at, replica, code, message) VALUES (?, ?, ?, ?, ?)',
        service,
        at,
        replica,
        code,
        message,
      );
    },
    list: (service, fromMs, toMs, limit) =>
      sql
        .all(
          `SELECT * FROM incidents WHERE service = ? AND at BETWEEN ? AND ?
           ORDER BY at DESC, id DESC LIMIT ?`,
          service,
          fromMs,
          toMs,
          limit,
        )
        .map(fromRow),
  };
}

// Private

function fromRow(row: Row): Incident {
  return {
    at: row['at'] as number,
    service: row['service'] as string,
    replica: row['replica'] as string | null,
    code: row['code'] as string,
    message: row['message'] as string,
  };
}
