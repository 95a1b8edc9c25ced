import type { EndedLease } from './complete.ts';
import { TELL_ENDED } from './ended.ts';
import { attemptSql, attemptsSql } from './finish.ts';
import type { Queryable } from './open.ts';

/** What became of a task whose lease was over. */
export type Expired = EndedLease | { readonly queue: string; readonly state: 'queued' };

/**
 * Takes back up to 200 tasks that were leased until a moment that is over, by the clock of the database, which gave the
 * leases. That counts as a failure, or a task that ends its worker would do so for ever; who has retries left is ready
 * at once.
 */
export async function expireLeases(db: Queryable): Promise<readonly Expired[]> {
  const { rows } = await db.query<Row>({ name: 'tidegate-expire-leases', text: EXPIRE });
  return rows.map(({ queue, state, waited_ms: waitedMs, ran_ms: ranMs }) =>
    state === 'queued' ? { queue, state } : { queue, state, waitedMs, ranMs },
  );
}

// Private

interface Row {
  readonly queue: string;
  readonly state: 'queued' | 'failed';
  readonly waited_ms: number;
  readonly ran_ms: number;
}

const ERROR = 'The lease was over before the worker had said how it went.';

// `started_at` stays; `ready_at` is needed for the time waited, which is why only who is queued again gets a new one.
const EXPIRE = `
with over as (
  update tidegate.tasks as task set
    state = case when failures < retries then 'queued' else 'failed' end,
    error = case when failures < retries then null else '${ERROR}' end,
    finished_at = case when failures < retries then null else clock_timestamp() end,
    ready_at = case when failures < retries then clock_timestamp() else ready_at end,
    failures = failures + 1, postponements = 0, lease_id = null, lease_until = null,
    attempts = ${attemptsSql(attemptSql("'failed'", 'null', `'${ERROR}'`))}
  where id = any (array(
    select id from tidegate.tasks where state = 'running' and lease_until < clock_timestamp()
    order by lease_until limit 200 for update skip locked
  ))
  returning task.id, task.state, task.callback, task.queue,
    (extract(epoch from task.started_at - task.ready_at) * 1000)::float8 as waited_ms,
    (extract(epoch from clock_timestamp() - task.started_at) * 1000)::float8 as ran_ms
), ended as (select id, callback from over where state = 'failed')${TELL_ENDED}
select queue, state, waited_ms, ran_ms, (select count(*) from told) from over`;
