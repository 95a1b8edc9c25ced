import { taskEnded } from '../errors.ts';
import type { TaskView } from '../task.ts';
import { TELL_ENDED } from './ended.ts';
import { attemptSql, attemptsSql } from './finish.ts';
import type { Queryable } from './open.ts';
import { showTask } from './show.ts';

/** Gives a task up; what a delivery under way comes to is not noted. @throws TidegateError UNKNOWN_TASK, TASK_ENDED */
export async function cancelTask(db: Queryable, id: string): Promise<TaskView> {
  const before = await showTask(db, id);
  const { rowCount } = await db.query(CANCEL, [id]);
  if (rowCount === 0) throw taskEnded(id, before.state);
  return showTask(db, id);
}

// Private

const CUT = attemptsSql(attemptSql("'interrupted'", 'null', "'It was cancelled.'"));

const CANCEL = `
with ended as (
  update tidegate.tasks as task
  set state = 'cancelled', finished_at = clock_timestamp(), not_before = null,
      holder = null, lease_id = null, lease_until = null,
      attempts = case when state = 'running' then ${CUT} else attempts end
  where id = $1 and state in ('queued', 'running')
  returning id, callback
)${TELL_ENDED}
select from ended, told`;
