import { scryptSync } from 'node:crypto';
import type { Client } from 'pg';

/** The tables, a thousand records, and two people: demo may read data, guest may not. */
export async function fill(client: Client, randomBytes: (size: number) => Buffer): Promise<void> {
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
}
