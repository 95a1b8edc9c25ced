import assert from 'node:assert/strict';
import { test } from 'node:test';
import pg from 'pg';
import { startPostgres } from '../../../test/support/postgres.ts';
import { sqlNumber } from './sql.ts';

/** A machine that stands still for a moment is no server that is silent. */
const PATIENT_MS = 60_000;

test('one number, read only, in time or not at all, whatever happens to the server', async (t) => {
  const postgres = await startPostgres(t);
  const client = new pg.Client({ connectionString: postgres.url });
  await client.connect();
  await client.query(
    'create table jobs (id serial); insert into jobs select from generate_series(1, 7)',
  );
  await client.end();

  const ask = async (query: string, answerMs = PATIENT_MS): Promise<number> => {
    const source = sqlNumber(() => postgres.url, query, answerMs);
    try {
      return await source.length();
    } finally {
      await source.close();
    }
  };
  assert.equal(await ask('select count(*) from jobs'), 7);
  assert.equal(await ask('select 2.5'), 2.5);
  await assert.rejects(ask('select id from jobs'), /one row of one column/);
  await assert.rejects(ask('select 1, 2'), /one row of one column/);
  await assert.rejects(ask('select id from jobs where false'), /one row of one column/);
  await assert.rejects(ask('select null'), /not a length: null/);
  await assert.rejects(ask('select -1'), /not a length/);
  await assert.rejects(ask('delete from jobs returning 1'), /read-only/);
  await assert.rejects(ask('commit; delete from jobs'), /multiple commands/);
  await assert.rejects(ask('select count(*) from pg_sleep(60)', 500), /timeout/);
  assert.equal(await ask('select count(*) from jobs'), 7, 'nothing was deleted');

  const source = sqlNumber(() => postgres.url, 'select count(*) from jobs', PATIENT_MS);
  t.after(() => source.close());
  assert.equal(await source.length(), 7);
  await postgres.kill();
  await assert.rejects(source.length());
  await postgres.start();
  assert.equal(await source.length(), 7);
});
