import type { Queryable } from './open.ts';

export interface Retention {
  readonly keepMs: number;
  readonly keepFailedMs: number;
}

/** Deletes up to `most` tasks that ended long enough ago, the oldest first; returns how many there were. */
export async function sweepTasks(
  db: Queryable,
  { keepMs, keepFailedMs }: Retention,
  most: number,
): Promise<number> {
  let swept = 0;
  for (const [state, ms] of [
    ['succeeded', keepMs],
    ['cancelled', keepMs],
    ['failed', keepFailedMs],
  ] as const) {
    const { rowCount } = await db.query(SWEEP, [state, ms, most - swept]);
    swept += rowCount ?? 0;
  }
  return swept;
}

// Private

// A callback that is still to be sent shows the task: that waits.
const SWEEP = `
delete from tidegate.tasks where id = any (array(
  select id from tidegate.tasks as task
  where state = $1 and finished_at < clock_timestamp() - $2 * interval '1 ms'
    and not exists (select from tidegate.callbacks where task = task.id and state = 'waiting')
  order by finished_at
  limit $3
))`;
