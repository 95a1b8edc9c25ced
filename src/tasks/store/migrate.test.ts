import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startPostgres } from '../../../test/support/postgres.ts';
import { migrate } from './migrate.ts';
import { inTransaction, openPool } from './open.ts';

test('many that migrate at once make the tables once, and a schema of a newer version is refused', async (t) => {
  const { url } = await startPostgres(t);
  await Promise.all([migrate(url), migrate(url), migrate(url)]);
  await migrate(url);

  const pool = openPool({ url, name: 'test', connections: 2 });
  t.after(() => pool.end());
  const { rows } = await pool.query('select number, name from tidegate.migrations');
  assert.deepEqual(rows, [{ number: 1, name: 'first' }]);

  await assert.rejects(
    inTransaction(pool, async (client) => {
      await client.query("insert into tidegate.migrations values (998, 'gone')");
      throw new Error('no');
    }),
    /no/,
  );
  assert.equal((await pool.query('select from tidegate.migrations')).rowCount, 1);

  await inTransaction(pool, (client) =>
    client.query("insert into tidegate.migrations values (999, 'future')"),
  );
  await assert.rejects(migrate(url), { code: 'TASKS_SCHEMA_NEWER' });
});

test('a pool outlives its server', async (t) => {
  const postgres = await startPostgres(t);
  const pool = openPool({ url: postgres.url, name: 'test', connections: 2 });
  t.after(() => pool.end());
  const held = await pool.connect();
  await pool.query('select 1');
  await postgres.kill();
  await assert.rejects(held.query('select 1'));
  held.release(true);
  await assert.rejects(pool.query('select 1'));
  await postgres.start();
  assert.deepEqual((await pool.query('select 1 as one')).rows, [{ one: 1 }]);
});
