import type { Queryable } from './open.ts';

/** Makes ready what was queued for later and is due, at most `most`; returns how many there were. */
export async function readyDue(db: Queryable, most: number): Promise<number> {
  const { rowCount } = await db.query({ name: 'due', text: DUE }, [most]);
  return rowCount ?? 0;
}

// Private

const DUE = `
update tidegate.tasks set ready_at = not_before, not_before = null
where id = any (array(
  select id from tidegate.tasks
  where state = 'queued' and not_before <= clock_timestamp()
  order by not_before
  limit $1
  for update skip locked
))`;
