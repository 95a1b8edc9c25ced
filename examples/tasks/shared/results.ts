import { database } from './database.ts';

/** The table, made by whoever comes first; the lock lets only one look at a time. */
export async function prepareResults(): Promise<void> {
  await database.query(`
    select pg_advisory_xact_lock(7);
    create table if not exists results (
      task text primary key,
      type text not null,
      worker text not null,
      result json not null,
      stored_at timestamptz not null default now()
    )`);
}

/**
 * The result of a task, stored under its id. One that is delivered again, because a worker or the machine died before
 * anybody heard of its end, is answered what the first delivery came to.
 */
export async function once(
  task: string,
  type: string,
  work: () => Promise<object>,
): Promise<unknown> {
  const { rows } = await database.query<{ result: unknown }>(
    'select result from results where task = $1',
    [task],
  );
  if (rows[0] !== undefined) return rows[0].result;
  const worker = process.env['TIDEGATE_REPLICA'];
  const result = { worker, ...(await work()) };
  await database.query(
    'insert into results (task, type, worker, result) values ($1, $2, $3, $4) on conflict do nothing',
    [task, type, worker, result],
  );
  return result;
}
