import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from '../../test/support/temporary.ts';
import { migrate, MIGRATIONS, versionOf } from './migrate.ts';
import { first } from './migrations/0001-first.ts';
import { openStore } from './open.ts';
import { openSql } from './sql.ts';
import type { Sql } from './sql.ts';

const NONCE = 'ab'.repeat(32);

/** A state file as the first version left it, with a row in each table that must survive. */
function versionOne(path: string): Sql {
  const sql = openSql(path);
  sql.exec(first);
  sql.exec(`PRAGMA user_version = 1;
    INSERT INTO project VALUES ('${NONCE}');
    INSERT INTO replica_numbers VALUES ('api', 41);
    INSERT INTO facts VALUES ('gateway', '{"pid":7}');
    INSERT INTO revisions VALUES ('api', 'r1', '{"command":["node"]}', 5);
    INSERT INTO current_revisions VALUES ('api', 'r1');`);
  return sql;
}

test('a file of version 1 opens with all that was in it', (t) => {
  const path = join(temporaryFolder(t), 'state.db');
  versionOne(path).close();
  const store = openStore(path, { now: () => 0 });
  t.after(() => store.close());
  assert.equal(store.nonce, NONCE);
  assert.equal(store.replicas.nextNumber('api'), 42);
  assert.deepEqual(store.facts.get('gateway'), { pid: 7 });
  assert.deepEqual(store.revisions.current('api')?.definition, { command: ['node'] });
  assert.equal(store.revisions.previous('api'), null);
  store.revisions.use({ service: 'api', id: 'r2', definition: {}, createdAt: 6 });
  assert.equal(store.revisions.previous('api')?.id, 'r1', 'what was current then is known');
});

test('only the steps that are missing are taken, in order', (t) => {
  const sql = versionOne(join(temporaryFolder(t), 'state.db'));
  t.after(() => sql.close());
  const steps = [
    first,
    'ALTER TABLE project ADD COLUMN name TEXT',
    "UPDATE project SET name = 'shop'",
  ];
  migrate(sql, steps);
  assert.deepEqual({ ...sql.one('SELECT * FROM project') }, { nonce: NONCE, name: 'shop' });
  assert.equal(versionOf(sql), 3);
  migrate(sql, steps);
  assert.equal(versionOf(sql), 3);
});

test('when a step fails, the file stays at the version it had', (t) => {
  const sql = versionOne(join(temporaryFolder(t), 'state.db'));
  t.after(() => sql.close());
  assert.throws(() => migrate(sql, [first, 'CREATE TABLE extra (a)', 'NONSENSE']), /NONSENSE/);
  assert.equal(versionOf(sql), 1);
  assert.equal(sql.one("SELECT 1 FROM sqlite_master WHERE name = 'extra'"), undefined);
});

test('a new file gets every step', (t) => {
  const sql = openSql(join(temporaryFolder(t), 'state.db'));
  t.after(() => sql.close());
  migrate(sql);
  assert.equal(versionOf(sql), MIGRATIONS.length);
});
