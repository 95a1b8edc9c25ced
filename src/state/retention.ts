import { DAY } from '../kit/clock.ts';
import { SHADOW_COLUMNS } from './rollup.ts';
import type { Sql } from './sql.ts';

/** How much of the past is kept besides samples. */
export interface Retention {
  readonly keepMs: number;
  /** The newest rows of each service. */
  readonly decisions: number;
  /** And of each policy that decides beside its live one. */
  readonly shadowDecisions: number;
  readonly goneReplicas: number;
  readonly incidents: number;
  readonly revisionUses: number;
  /** The newest rows of all. */
  readonly deployments: number;
}

/** Bounds all that is written again and again; inside the caller's transaction. */
export function sweepHistory(sql: Sql, now: number, retention: Retention = RETENTION): void {
  const before = now - retention.keepMs;
  for (const { service } of sql.all(SERVICES)) {
    sql.run(OLD_DECISIONS, service as string, before, before);
    sql.run(MANY_DECISIONS, service as string, service as string, retention.decisions);
    for (const policy of SHADOWED) {
      const whose = [service as string, policy];
      sql.run(OLD_SHADOW_DECISIONS, ...whose, before, before);
      sql.run(MANY_SHADOW_DECISIONS, ...whose, ...whose, retention.shadowDecisions);
    }
    sql.run(OLD_REPLICAS, service as string, before);
    sql.run(MANY_REPLICAS, service as string, service as string, retention.goneReplicas);
    sql.run(OLD_INCIDENTS, service as string, before);
    sql.run(MANY_INCIDENTS, service as string, service as string, retention.incidents);
    sql.run(MANY_USES, service as string, service as string, retention.revisionUses);
  }
  sql.run(MANY_DEPLOYMENTS, retention.deployments);
}

// Private

const RETENTION: Retention = {
  keepMs: 60 * DAY,
  decisions: 50_000,
  shadowDecisions: 10_000,
  goneReplicas: 1_000,
  incidents: 5_000,
  revisionUses: 100,
  deployments: 1_000,
};

/** Every service that ever decided had a replica number, or at least a revision; an incident needs neither. */
const SERVICES = `
SELECT service FROM current_revisions UNION SELECT service FROM replica_numbers
UNION SELECT service FROM incidents`;

const SHADOWED = Object.keys(SHADOW_COLUMNS);

/** A decision still repeated is not old, however long ago it was made. */
const OLD_DECISIONS = 'DELETE FROM decisions WHERE service = ? AND at < ? AND until < ?';

const MANY_DECISIONS = `
DELETE FROM decisions WHERE service = ? AND id <=
  (SELECT id FROM decisions WHERE service = ? ORDER BY id DESC LIMIT 1 OFFSET ?)`;

/** Of each policy by itself: none that changes its mind all the time takes the room of the others. */
const OLD_SHADOW_DECISIONS =
  'DELETE FROM shadow_decisions WHERE service = ? AND policy = ? AND at < ? AND until < ?';

const MANY_SHADOW_DECISIONS = `
DELETE FROM shadow_decisions WHERE service = ? AND policy = ? AND id <=
  (SELECT id FROM shadow_decisions WHERE service = ? AND policy = ? ORDER BY id DESC LIMIT 1 OFFSET ?)`;

const GONE = `service = ? AND state IN ('stopped', 'failed')`;

const OLD_REPLICAS = `DELETE FROM replicas WHERE ${GONE} AND coalesce(stopped_at, started_at) < ?`;

const MANY_REPLICAS = `
DELETE FROM replicas WHERE ${GONE} AND rowid <=
  (SELECT rowid FROM replicas WHERE ${GONE} ORDER BY rowid DESC LIMIT 1 OFFSET ?)`;

const OLD_INCIDENTS = 'DELETE FROM incidents WHERE service = ? AND at < ?';

const MANY_INCIDENTS = `
DELETE FROM incidents WHERE service = ? AND (at, id) <=
  (SELECT at, id FROM incidents WHERE service = ? ORDER BY at DESC, id DESC LIMIT 1 OFFSET ?)`;

const MANY_USES = `
DELETE FROM revision_uses WHERE service = ? AND id <=
  (SELECT id FROM revision_uses WHERE service = ? ORDER BY id DESC LIMIT 1 OFFSET ?)`;

const MANY_DEPLOYMENTS = `
DELETE FROM deployments WHERE id <=
  (SELECT id FROM deployments ORDER BY id DESC LIMIT 1 OFFSET ?)`;
