import { parseJson, toJson } from './json.ts';
import type { Row, Sql } from './sql.ts';

export const REPLICA_STATES = ['starting', 'ready', 'draining', 'stopped', 'failed'] as const;
export type ReplicaState = (typeof REPLICA_STATES)[number];

/** One replica as the state file knows it: enough to find it again after a crash and prove that it is ours. */
export interface ReplicaRow {
  readonly id: string;
  readonly service: string;
  readonly revision: string;
  readonly state: ReplicaState;
  readonly host: string | null;
  readonly port: number | null;
  readonly pid: number | null;
  /** The engine's proof of ownership, opaque here. */
  readonly identity: unknown;
  /** ms since the epoch. */
  readonly startedAt: number;
  readonly readyAt: number | null;
  readonly stoppedAt: number | null;
  /** Why it stopped or failed, in words. */
  readonly note: string | null;
}

/** When it was ordered and when it was ready, ms since the epoch. */
export interface StartedRow {
  readonly startedAt: number;
  readonly readyAt: number;
}

export interface ReplicaStore {
  /** Inserts or replaces the row of this id. */
  put(row: ReplicaRow): void;
  /** Every replica not yet stopped or failed. */
  live(): readonly ReplicaRow[];
  /** Whatever its state; null when there is none, or when it was swept away. */
  get(id: string): ReplicaRow | null;
  /** The newest rows of a service, whatever their state. */
  recent(service: string, limit: number): readonly ReplicaRow[];
  /** Of those that became ready from `from` to `to` (ms since the epoch) the newest, oldest first. */
  started(service: string, from: number, to: number, limit: number): readonly StartedRow[];
  /** The next number of this service, never given out twice in the life of the project. */
  nextNumber(service: string): number;
  /** The numbers up to this one are taken, although this file never gave them out. */
  takeNumber(service: string, number: number): void;
}

export function createReplicaStore(sql: Sql): ReplicaStore {
  return {
    put(row) {
      sql.run(
        PUT,
        row.id,
        row.service,
        row.revision,
        row.state,
        row.host,
        row.port,
        row.pid,
        toJson(row.identity),
        row.startedAt,
        row.readyAt,
        row.stoppedAt,
        row.note,
      );
    },
    live: () =>
      sql
        .all("SELECT * FROM replicas WHERE state NOT IN ('stopped', 'failed') ORDER BY rowid")
        .map(fromRow),
    get(id) {
      const row = sql.one('SELECT * FROM replicas WHERE id = ?', id);
      return row ? fromRow(row) : null;
    },
    recent: (service, limit) =>
      sql
        .all(
          'SELECT * FROM replicas WHERE service = ? ORDER BY started_at DESC, rowid DESC LIMIT ?',
          service,
          limit,
        )
        .map(fromRow),
    started: (service, from, to, limit) =>
      sql.all(STARTED, service, from, to, limit).map(fromStarted).toReversed(),
    // A counter of its own: the rows of old replicas are swept away, their numbers are not free again.
    nextNumber: (service) =>
      Number(
        sql.one(
          `INSERT INTO replica_numbers (service, last) VALUES (?, 1)
           ON CONFLICT (service) DO UPDATE SET last = last + 1 RETURNING last`,
          service,
        )?.['last'],
      ),
    takeNumber(service, number) {
      sql.run(
        `INSERT INTO replica_numbers (service, last) VALUES (?, ?)
         ON CONFLICT (service) DO UPDATE SET last = max(last, excluded.last)`,
        service,
        number,
      );
    },
  };
}

// Private

const PUT = `
INSERT INTO replicas
  (id, service, revision, state, host, port, pid, identity, started_at, ready_at, stopped_at, note)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (id) DO UPDATE SET
  service = excluded.service, revision = excluded.revision, state = excluded.state,
  host = excluded.host, port = excluded.port, pid = excluded.pid, identity = excluded.identity,
  started_at = excluded.started_at, ready_at = excluded.ready_at,
  stopped_at = excluded.stopped_at, note = excluded.note`;

const STARTED = `
SELECT started_at, ready_at FROM replicas WHERE service = ? AND ready_at BETWEEN ? AND ?
ORDER BY ready_at DESC, rowid DESC LIMIT ?`;

function fromStarted(row: Row): StartedRow {
  return { startedAt: row['started_at'] as number, readyAt: row['ready_at'] as number };
}

function fromRow(row: Row): ReplicaRow {
  return {
    id: row['id'] as string,
    service: row['service'] as string,
    revision: row['revision'] as string,
    state: row['state'] as ReplicaState,
    host: row['host'] as string | null,
    port: row['port'] as number | null,
    pid: row['pid'] as number | null,
    // Null where the text is damaged: then nothing proves the process ours, and it is left alone.
    identity: parseJson(row['identity']),
    startedAt: row['started_at'] as number,
    readyAt: row['ready_at'] as number | null,
    stoppedAt: row['stopped_at'] as number | null,
    note: row['note'] as string | null,
  };
}
