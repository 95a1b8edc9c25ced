import type { QueueDepth } from '../books.ts';
import type { Queryable } from './open.ts';

/** How long these queues are, and what became of what was sent to them, in their order. */
export async function queueDepths(
  db: Queryable,
  queues: readonly string[],
): Promise<readonly QueueDepth[]> {
  const { rows } = await db.query<QueueDepth>({ name: 'depths', text: DEPTHS, values: [queues] });
  return rows;
}

// Private

const READY = "state = 'queued' and not_before is null";

/**
 * Every part reads an index that holds only what has not ended. Who has been ready for longest is one of the first of its
 * priority (not the very first where that one was tried before); `lanes` are the priorities that are in use.
 */
const DEPTHS = `
with recursive named as (
  select queue, place from unnest($1::text[]) with ordinality as given (queue, place)
), ready as (
  select queue, count(*) as waiting from tidegate.tasks where ${READY} group by queue
), delayed as (
  select queue,
    count(*) filter (where not_before <= clock_timestamp()) as due,
    count(*) filter (where not_before > clock_timestamp()) as later,
    min(not_before) filter (where not_before <= clock_timestamp()) as due_since
  from tidegate.tasks where state = 'queued' and not_before is not null group by queue
), under_way as (
  select queue from tidegate.tasks where state = 'running' and holder is not null
  union all
  select queue from tidegate.tasks where state = 'running' and lease_until is not null and holder is null
), running as (
  select queue, count(*) as running from under_way group by queue
), lanes as (
  select named.queue, top.priority from named, lateral (
    select priority from tidegate.tasks where ${READY} and queue = named.queue
    order by priority desc limit 1
  ) top
  union all
  select lanes.queue, next.priority from lanes, lateral (
    select priority from tidegate.tasks
    where ${READY} and queue = lanes.queue and priority < lanes.priority
    order by priority desc limit 1
  ) next
), oldest as (
  select queue, min(first.ready_at) as ready_at from lanes, lateral (
    select ready_at from tidegate.tasks as task
    where ${READY} and task.queue = lanes.queue and task.priority = lanes.priority
    order by seq limit 20
  ) first group by queue
)
select named.queue,
  (coalesce(waiting, 0) + coalesce(due, 0))::float8 as waiting,
  coalesce(later, 0)::float8 as later,
  coalesce(running.running, 0)::float8 as running,
  -- least() passes over nulls; greatest() would as well, and make 0 of them.
  case when least(oldest.ready_at, due_since) is not null then
    greatest(0, extract(epoch from clock_timestamp() - least(oldest.ready_at, due_since)) * 1000)::float8
  end as "oldestMs",
  coalesce(sent, 0)::float8 as sent,
  coalesce(succeeded, 0)::float8 as succeeded,
  coalesce(failed, 0)::float8 as failed,
  coalesce(cancelled, 0)::float8 as cancelled,
  coalesce(retried, 0)::float8 as retried
from named
left join ready using (queue) left join delayed using (queue) left join running using (queue)
left join oldest using (queue) left join tidegate.totals using (queue)
order by place`;
