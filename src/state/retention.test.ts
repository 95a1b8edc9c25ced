import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from '../../test/support/temporary.ts';
import { createDeploymentStore } from './deployments.ts';
import { createIncidentStore } from './incidents.ts';
import { migrate } from './migrate.ts';
import { sweepHistory } from './retention.ts';
import { createRevisionStore } from './revisions.ts';
import { openSql } from './sql.ts';
import type { Sql } from './sql.ts';

const RETENTION = {
  keepMs: 1_000,
  decisions: 3,
  shadowDecisions: 2,
  goneReplicas: 2,
  incidents: 2,
  revisionUses: 2,
  deployments: 2,
};

function history(t: Parameters<typeof temporaryFolder>[0]): Sql {
  const sql = openSql(join(temporaryFolder(t), 'state.db'));
  t.after(() => sql.close());
  migrate(sql);
  for (const service of ['api', 'web'])
    sql.run('INSERT INTO replica_numbers VALUES (?, 9)', service);
  return sql;
}

function addDecision(
  sql: Sql,
  service: string,
  at: number,
  until: number,
  shadow: string | null = null,
): void {
  sql.run(
    `INSERT INTO ${shadow ? 'shadow_decisions' : 'decisions'}
       (service, at, until, times, policy, current, stabilised, limited, desired,
        binding, reasons, signals) VALUES (?, ?, ?, 1, ?, 1, 1, 1, 1, 'none', '[]', '{}')`,
    service,
    at,
    until,
    shadow ?? 'linear',
  );
}

function addReplica(sql: Sql, id: string, state: string, stoppedAt: number | null): void {
  sql.run(
    `INSERT INTO replicas (id, service, revision, state, identity, started_at, stopped_at)
     VALUES (?, 'api', 'r', ?, 'null', 0, ?)`,
    id,
    state,
    stoppedAt,
  );
}

const column = (sql: Sql, text: string): unknown[] => sql.all(text).map((row) => row['it']);

test('old decisions go, but not one that is still repeated', (t) => {
  const sql = history(t);
  addDecision(sql, 'api', 0, 999);
  addDecision(sql, 'api', 1, 1_500);
  addDecision(sql, 'api', 1_200, 1_200);
  sweepHistory(sql, 2_000, RETENTION);
  assert.deepEqual(column(sql, 'SELECT at AS it FROM decisions ORDER BY id'), [1, 1_200]);
});

test('of many decisions the newest of each service stay', (t) => {
  const sql = history(t);
  for (const at of [1, 2, 3, 4, 5]) addDecision(sql, 'api', at, at);
  for (const at of [6, 7, 8]) addDecision(sql, 'web', at, at);
  sweepHistory(sql, 100, RETENTION);
  assert.deepEqual(column(sql, 'SELECT at AS it FROM decisions ORDER BY id'), [3, 4, 5, 6, 7, 8]);
});

test('decisions of shadows are bounded policy by policy: one that changes its mind takes nobody else’s room', (t) => {
  const sql = history(t);
  for (const [at, until, policy] of [
    [0, 999, 'slo'],
    [1, 1_500, 'slo'],
    [1_200, 1_200, 'target'],
    [1_300, 1_300, 'target'],
    [1_400, 1_400, 'target'],
  ] as const)
    addDecision(sql, 'api', at, until, policy);
  sweepHistory(sql, 2_000, RETENTION);
  const kept = column(sql, 'SELECT at AS it FROM shadow_decisions ORDER BY id');
  assert.deepEqual(kept, [1, 1_300, 1_400]);
});

test('rows of replicas that are gone are bounded by age and number; live ones always stay', (t) => {
  const sql = history(t);
  addReplica(sql, 'live', 'ready', null);
  addReplica(sql, 'old', 'stopped', 900);
  for (const id of ['a', 'b', 'c']) addReplica(sql, id, 'failed', 1_900);
  sweepHistory(sql, 2_000, RETENTION);
  assert.deepEqual(column(sql, 'SELECT id AS it FROM replicas ORDER BY rowid'), ['live', 'b', 'c']);
});

test('incidents are bounded by age and number, also of a service that never had a replica', (t) => {
  const sql = history(t);
  const { add } = createIncidentStore(sql);
  const incident = { replica: null, code: 'REPLICA_DIED', message: 'died' };
  for (const at of [999, 1_999]) add({ ...incident, service: 'gone', at });
  for (const at of [1_001, 1_003, 1_002]) add({ ...incident, service: 'api', at });
  sweepHistory(sql, 2_000, RETENTION);
  assert.deepEqual(
    column(sql, 'SELECT at AS it FROM incidents ORDER BY at'),
    [1_002, 1_003, 1_999],
  );
});

test('of deployments and of uses of revisions the newest stay', (t) => {
  const sql = history(t);
  const deployments = createDeploymentStore(sql);
  const revisions = createRevisionStore(sql);
  for (const startedAt of [1, 2, 3, 4]) {
    const state = 'done' as const;
    deployments.insert({
      kind: 'deploy',
      service: null,
      state,
      startedAt,
      endedAt: 5,
      detail: null,
    });
    const id = `r${startedAt}`;
    // As every start of a control plane uses what is in use.
    for (let start = 0; start < 5; start++)
      revisions.use({ service: 'api', id, definition: null, createdAt: startedAt });
  }
  sweepHistory(sql, 100, RETENTION);
  assert.deepEqual(column(sql, 'SELECT started_at AS it FROM deployments ORDER BY id'), [3, 4]);
  assert.deepEqual(column(sql, 'SELECT revision AS it FROM revision_uses ORDER BY id'), [
    'r3',
    'r4',
  ]);
  assert.equal(revisions.previous('api')?.id, 'r3');
});
