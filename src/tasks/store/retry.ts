import { taskNotEnded } from '../errors.ts';
import type { TaskView } from '../task.ts';
import type { Queryable } from './open.ts';
import { showTask } from './show.ts';

/**
 * Queues a task that ended once more, with all its retries. Attempts are counted on: a delivery that was given up could
 * otherwise be taken for the new one. @throws TidegateError UNKNOWN_TASK, TASK_NOT_ENDED
 */
export async function retryTask(db: Queryable, id: string): Promise<TaskView> {
  const before = await showTask(db, id);
  const { rowCount } = await db.query(RETRY, [id]);
  if (rowCount === 0) throw taskNotEnded(id, before.state);
  return showTask(db, id);
}

// Private

const RETRY = `
with again as (
  update tidegate.tasks
  set state = 'queued', not_before = null, ready_at = clock_timestamp(), started_at = null, finished_at = null, failures = 0, postponements = 0, breaks = 0,
      holder = null, lease_id = null, lease_until = null, error = null,
      result_status = null, result_headers = null, result_body = null, result_bytes = null
  where id = $1 and state in ('succeeded', 'failed', 'cancelled')
  returning id, queue
), uncalled as (delete from tidegate.callbacks where task in (select id from again))
select pg_notify('tidegate_sent', queue) from again`;
