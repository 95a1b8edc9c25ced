import type { Queryable } from './open.ts';

/** Says that this dispatcher lives. */
export async function beat(db: Queryable, holder: string, replica: string): Promise<void> {
  await db.query(
    `insert into tidegate.dispatchers (id, replica) values ($1, $2)
     on conflict (id) do update set seen_at = clock_timestamp()`,
    [holder, replica],
  );
}

/** Says that it ends and holds nothing. */
export async function sayGoodbye(db: Queryable, holder: string): Promise<void> {
  await db.query('delete from tidegate.dispatchers where id = $1', [holder]);
}

/** Queue → tasks that other dispatchers have under way, among them those that have died. */
export async function heldByOthers(
  db: Queryable,
  holder: string,
): Promise<ReadonlyMap<string, number>> {
  const { rows } = await db.query<{ queue: string; tasks: number }>(
    `select queue, count(*)::integer as tasks from tidegate.tasks
     where state = 'running' and holder is not null and holder <> $1 group by queue`,
    [holder],
  );
  return new Map(rows.map(({ queue, tasks }) => [queue, tasks]));
}
