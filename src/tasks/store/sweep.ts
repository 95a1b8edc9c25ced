import type { Queryable } from './open.ts';

export interface Retention {
  readonly keepMs: number;
  readonly keepFailedMs: number;
}

/** Deleting takes as long as there are bytes: 1000 large tasks would take longer than a statement may. */
const MOST_BYTES = 64 << 20;

/**
 * Deletes up to `most` tasks that ended long enough ago, the oldest first, fewer where they are large; returns how many
 * there were.
 */
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
    const { rowCount } = await db.query(SWEEP, [state, ms, most - swept, MOST_BYTES]);
    swept += rowCount ?? 0;
  }
  return swept;
}

// Private

// A callback that is still to be sent shows the task: that waits. The state is asked twice: somebody may have it tried again
// in between.
const SWEEP = `
delete from tidegate.tasks where state = $1 and id = any (array(
  select id from (
    select id, bytes, sum(bytes) over (order by finished_at, id) as together from (
      select id, finished_at,
        coalesce(octet_length(body), 0)::bigint + coalesce(octet_length(result_body), 0) as bytes
      from tidegate.tasks as task
      where state = $1 and finished_at < clock_timestamp() - $2 * interval '1 ms'
        and not exists (select from tidegate.callbacks where task = task.id and state = 'waiting')
      order by finished_at
      limit $3
    ) as oldest
  ) as summed
  where together - bytes < $4
))`;
