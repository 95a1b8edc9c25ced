import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { tasksStore } from '../../../test/support/tasks-store.ts';
import { BY_KEY } from './by-key.ts';
import { claim } from './claim.ts';
import { finish } from './finish.ts';
import { openPool } from './open.ts';

test('tables that nobody has analysed are claimed from and written to by key', async (t) => {
  const { put, postgres } = await tasksStore(t);
  for (let n = 0; n < 30; n++) await put('mail');
  const db = openPool({ url: postgres.url, name: 'test', connections: 1, options: BY_KEY });
  t.after(() => db.end());
  await db.query('select pg_stat_reset()');
  const holder = randomUUID();
  // As often as it takes until plans are kept.
  for (let n = 0; n < 10; n++) {
    const claimed = await claim(db, holder, 'mail', 3);
    const result = { status: 200, headers: {}, body: null, bytes: 0 };
    const how = { state: 'succeeded', failures: 0, error: null, result } as const;
    await finish(
      db,
      holder,
      claimed.map(({ id, attempt }) => ({ id, attempt, ...how })),
    );
  }
  await db.query('select pg_stat_force_next_flush()');
  const { rows } = await db.query(
    `select (select seq_scan::integer from pg_stat_user_tables where relname = 'tasks') as whole,
      (select array_agg(indexrelname::text order by 1) from pg_stat_user_indexes
       where relname = 'tasks' and idx_scan > 0) as by`,
  );
  assert.deepEqual(rows, [{ whole: 0, by: ['tasks_pkey', 'tasks_ready'] }]);
});
