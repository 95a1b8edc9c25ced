import { parseJson, toJson } from './json.ts';
import type { Row, Sql } from './sql.ts';

export const DEPLOYMENT_STATES = [
  'running',
  'done',
  'rolled-back',
  'interrupted',
  'failed',
] as const;
export type DeploymentState = (typeof DEPLOYMENT_STATES)[number];

/** A deploy, rollback or restart; one that is `running` or `interrupted` when a control plane starts is unfinished. */
export interface DeploymentRow {
  readonly id: number;
  readonly kind: 'deploy' | 'rollback' | 'restart';
  /** Null: everything that changed. */
  readonly service: string | null;
  readonly state: DeploymentState;
  /** ms since the epoch. */
  readonly startedAt: number;
  readonly endedAt: number | null;
  /** Plain JSON that control understands: where it goes, how far it came, what was seen of the traffic. */
  readonly detail: unknown;
}

export interface DeploymentStore {
  /** Stores a new one and returns it with its id. */
  insert(row: Omit<DeploymentRow, 'id'>): DeploymentRow;
  put(row: DeploymentRow): void;
  get(id: number): DeploymentRow | null;
  /** The newest; null when there was none. */
  last(): DeploymentRow | null;
}

export function createDeploymentStore(sql: Sql): DeploymentStore {
  return {
    insert(row) {
      const inserted = sql.one(
        `INSERT INTO deployments (kind, service, state, started_at, ended_at, detail)
         VALUES (?, ?, ?, ?, ?, ?) RETURNING id`,
        ...columnsOf(row),
      );
      return { ...row, id: Number(inserted?.['id']) };
    },
    put(row) {
      sql.run(
        `INSERT INTO deployments (kind, service, state, started_at, ended_at, detail, id)
         VALUES (?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET
           kind = excluded.kind, service = excluded.service, state = excluded.state,
           started_at = excluded.started_at, ended_at = excluded.ended_at, detail = excluded.detail`,
        ...columnsOf(row),
        row.id,
      );
    },
    get(id) {
      const row = sql.one('SELECT * FROM deployments WHERE id = ?', id);
      return row ? fromRow(row) : null;
    },
    last() {
      const row = sql.one('SELECT * FROM deployments ORDER BY id DESC LIMIT 1');
      return row ? fromRow(row) : null;
    },
  };
}

// Private

function columnsOf(row: Omit<DeploymentRow, 'id'>) {
  const { kind, service, state, startedAt, endedAt, detail } = row;
  return [kind, service, state, startedAt, endedAt, toJson(detail)] as const;
}

function fromRow(row: Row): DeploymentRow {
  return {
    id: row['id'] as number,
    kind: row['kind'] as DeploymentRow['kind'],
    service: row['service'] as string | null,
    state: row['state'] as DeploymentState,
    startedAt: row['started_at'] as number,
    endedAt: row['ended_at'] as number | null,
    detail: parseJson(row['detail']),
  };
}
