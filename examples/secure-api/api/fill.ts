import { randomBytes, scryptSync } from 'node:crypto';
import { database } from '../shared/database.ts';

/** Any number that nobody else here locks. */
const LOCK = 7_919;

/**
 * The tables, a thousand records, and two people: demo may read data, guest may not. Several replicas may start at once:
 * one does it, and the others wait until it is done.
 */
export async function fill(): Promise<void> {
  const client = await database().connect();
  try {
    await client.query('begin');
    await client.query('select pg_advisory_xact_lock($1)', [LOCK]);
    await client.query(`
      create table if not exists users (name text primary key, salt bytea not null, hash bytea not null, scope text not null);
      create table if not exists records (id integer primary key, title text not null, value integer not null);
      insert into records select n, 'Record ' || n, (n * 7919) % 1000 from generate_series(1, 1000) n on conflict do nothing;
    `);
    for (const [name, scope] of [
      ['demo', 'data:read'],
      ['guest', ''],
    ] as const) {
      const salt = randomBytes(16);
      await client.query('insert into users values ($1, $2, $3, $4) on conflict do nothing', [
        name,
        salt,
        scryptSync(name, salt, 32),
        scope,
      ]);
    }
    await client.query('commit');
  } finally {
    // Not back to the others: without the commit it would keep the lock.
    client.release(true);
  }
}
