import { COUNT_ENDED } from './counts.ts';
import { TELL_ENDED } from './ended.ts';
import { attemptSql, attemptsSql } from './finish.ts';
import type { Queryable } from './open.ts';

/**
 * Queues again what dispatchers hold that have not been seen for `unseenMs`, `self` never, and forgets these. Nothing of
 * it counts as a failure, but a task that ten have died with has failed: it may be what ends them. From the third on each
 * waits for a while of its own, so that it meets its end without those that were beside it. Returns how many tasks there were.
 */
export async function requeueOfDead(
  db: Queryable,
  self: string,
  unseenMs: number,
): Promise<number> {
  const { rows } = await db.query<{ tasks: number }>(OF_DEAD, [self, unseenMs]);
  return rows[0]?.tasks ?? 0;
}

/**
 * Queues again, as if they had never been claimed, tasks that are `holder`'s by the books for ten seconds and that it
 * does not know: the answer to its claim was lost. Returns how many there were.
 */
export async function requeueUnknown(
  db: Queryable,
  holder: string,
  known: readonly string[],
): Promise<number> {
  const { rowCount } = await db.query(UNKNOWN, [holder, known]);
  return rowCount ?? 0;
}

/** A claim that comes to nothing. */
export interface GivenBack {
  readonly id: string;
  readonly startedAt: string;
  /** Not to be claimed again before that; 0: at once. */
  readonly delayMs: number;
}

/**
 * Queues again, as if they had never been claimed, tasks that `holder` has not begun to deliver; returns the ids of those
 * that were noted. Said twice, it leaves alone what was claimed again in between.
 */
export async function giveBack(
  db: Queryable,
  holder: string,
  claims: readonly GivenBack[],
): Promise<ReadonlySet<string>> {
  const { rows } = await db.query<{ id: string }>(GIVE_BACK, [
    holder,
    claims.map(({ id }) => id),
    claims.map(({ startedAt }) => startedAt),
    claims.map(({ delayMs }) => delayMs),
  ]);
  return new Set(rows.map(({ id }) => id));
}

// Private

const ERROR = 'The dispatcher has died.';
const DIED = attemptsSql(attemptSql("'interrupted'", 'null', `'${ERROR}'`));
const MOST_DEATHS = 10;
const LAST = 'Ten dispatchers have died while it was under way.';

// Who holds a task and has no row has died, too: rows are only taken away when nothing is held, or here.
const OF_DEAD = `
with dead as (
  delete from tidegate.dispatchers
  where seen_at < clock_timestamp() - $2 * interval '1 ms' and id <> $1
  returning id
), held as (
  select id, (
    select count(*) + 1 from jsonb_array_elements(attempts) as each where each ->> 'error' = '${ERROR}'
  ) as deaths
  from tidegate.tasks
  where state = 'running' and holder is not null and holder <> $1
    and (holder in (select id from dead) or holder not in (select id from tidegate.dispatchers))
  for update
), freed as (
  update tidegate.tasks as task set
    state = case when deaths < ${MOST_DEATHS} then 'queued' else 'failed' end,
    holder = null, ready_at = clock_timestamp(), attempts = ${DIED},
    not_before = case when deaths between 3 and ${MOST_DEATHS - 1}
      then clock_timestamp() + random() * 2 ^ deaths * interval '1 s' end,
    finished_at = case when deaths >= ${MOST_DEATHS} then clock_timestamp() end,
    error = case when deaths >= ${MOST_DEATHS} then '${LAST}' end
  from held where task.id = held.id
  returning task.id, task.state, task.queue, task.callback
), ended as (
  select * from freed where state = 'failed'
)${COUNT_ENDED}${TELL_ENDED}
select count(*)::integer as tasks from freed where (select count(*) from told) >= 0`;

const UNKNOWN = `
update tidegate.tasks set state = 'queued', holder = null, attempt = attempt - 1
where state = 'running' and holder = $1 and started_at < clock_timestamp() - interval '10 s' and id <> all ($2::uuid[])`;

const GIVE_BACK = `
update tidegate.tasks as task set state = 'queued', holder = null, attempt = task.attempt - 1,
  not_before = case when given.delay_ms > 0 then clock_timestamp() + given.delay_ms * interval '1 ms' end
from unnest($2::uuid[], $3::timestamptz[], $4::float8[]) as given (id, started_at, delay_ms)
where task.id = given.id and task.holder is not distinct from $1 and task.started_at = given.started_at and task.state = 'running'
returning task.id`;
