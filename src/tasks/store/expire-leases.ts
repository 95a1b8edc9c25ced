import { TELL_ENDED } from './ended.ts';
import { attemptSql, attemptsSql } from './finish.ts';
import type { Queryable } from './open.ts';

/**
 * Takes back, at most `most` at a time, what was leased until a moment that is over: by the database's clock, which gave
 * the leases. It counts as a failure, or a task that ends its worker would do so for ever. Returns how many there were.
 */
export async function expireLeases(db: Queryable, most: number): Promise<number> {
  const { rows } = await db.query<{ tasks: number }>({
    name: 'tidegate-expire-leases',
    text: EXPIRE,
    values: [Math.min(most, MOST)],
  });
  return rows[0]?.tasks ?? 0;
}

// Private

/** What one notification can hold. */
const MOST = 200;

const ERROR = 'The lease was over before the worker had said how it went.';

const EXPIRE = `
with over as (
  update tidegate.tasks as task set
    state = case when failures < retries then 'queued' else 'failed' end,
    error = case when failures < retries then null else '${ERROR}' end,
    finished_at = case when failures < retries then null else clock_timestamp() end,
    ready_at = clock_timestamp(), failures = failures + 1, postponements = 0, lease_id = null, lease_until = null,
    attempts = ${attemptsSql(attemptSql("'failed'", 'null', `'${ERROR}'`))}
  where id = any (array(
    select id from tidegate.tasks where state = 'running' and lease_until < clock_timestamp()
    order by lease_until limit $1 for update skip locked
  ))
  returning task.id, task.state, task.callback
), ended as (select id, callback from over where state = 'failed')${TELL_ENDED}
select count(*)::integer as tasks, (select count(*) from told) as told from over`;
