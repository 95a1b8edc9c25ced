import pg from 'pg';
import { schemaIsNewer } from '../errors.ts';
import { first } from './migrations/0001-first.ts';

/** In their order; number n is the n-th. What was released is never changed. */
const MIGRATIONS: readonly { readonly name: string; readonly sql: string }[] = [
  { name: 'first', sql: first },
];

/** Any number that is ours: who migrates holds it, others wait. */
const LOCK = 7_433_001;

/**
 * Brings the schema `tidegate` to what this version needs, on a connection of its own; safe to call by many at once.
 * @throws TidegateError TASKS_SCHEMA_NEWER; whatever PostgreSQL says, with nothing changed
 */
export async function migrate(url: string): Promise<void> {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'tidegate migrations',
    connectionTimeoutMillis: 3_000,
    // A server that hangs, or somebody else who is at it for so long: whoever asked tries again.
    query_timeout: 30_000,
    keepAlive: true,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('begin');
    await client.query('select pg_advisory_xact_lock($1)', [LOCK]);
    await prepare(client);
    await apply(client);
    await client.query('commit');
  } finally {
    await client.end().catch(() => undefined);
  }
}

// Private

async function prepare(client: pg.Client): Promise<void> {
  // `if not exists` asks for the right to create even where there is nothing to do.
  const { rows } = await client.query<{ there: string | null }>(
    "select to_regclass('tidegate.migrations')::text as there",
  );
  if (rows[0]?.there) return;
  await client.query('create schema if not exists tidegate');
  await client.query(
    `create table tidegate.migrations (
      number integer primary key, name text not null, applied_at timestamptz not null default clock_timestamp()
    )`,
  );
}

async function apply(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ last: number }>(
    'select coalesce(max(number), 0) as last from tidegate.migrations',
  );
  const last = rows[0]?.last ?? 0;
  if (last > MIGRATIONS.length) throw schemaIsNewer(last, MIGRATIONS.length);
  for (const [index, { name, sql }] of MIGRATIONS.entries()) {
    const number = index + 1;
    if (number <= last) continue;
    await client.query(sql);
    await client.query('insert into tidegate.migrations (number, name) values ($1, $2)', [
      number,
      name,
    ]);
  }
}
