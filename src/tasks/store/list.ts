import type { TaskFilter } from '../books.ts';
import { TASK_STATES } from '../task.ts';
import type { TaskView } from '../task.ts';
import { type TaskRow, taskView, VIEW_COLUMNS_WITHOUT_BODY, VIEW_TABLES } from '../task-view.ts';
import type { Queryable } from './open.ts';

const DEFAULT_LIMIT = 50;
const MOST = 1_000;

/** The newest first: of those that ended, what ended last. Results come without their bodies. */
export async function listTasks(
  db: Queryable,
  { queue, state, limit = DEFAULT_LIMIT }: TaskFilter,
): Promise<readonly TaskView[]> {
  const most = Math.min(Math.max(1, Math.trunc(limit)), MOST);
  const states = state === undefined ? TASK_STATES : [state];
  const { rows } = await db.query<TaskRow>(
    `select ${VIEW_COLUMNS_WITHOUT_BODY}, null as result_body from ${VIEW_TABLES}
     join (${states.map((each) => NEWEST[each]).join(' union all ')}) newest on newest.id = t.id
     order by t.seq desc limit $2`,
    [queue ?? null, most],
  );
  return rows.map(taskView);
}

// Private

/** There is no index over all tasks in their order; but there is one for each state. */
const NEWEST = {
  queued: newest('queued', 'seq'),
  running: newest('running', 'seq'),
  succeeded: newest('succeeded', 'finished_at'),
  failed: newest('failed', 'finished_at'),
  cancelled: newest('cancelled', 'finished_at'),
} as const;

function newest(state: string, order: string): string {
  return `(select id from tidegate.tasks where state = '${state}'
    and ($1::text is null or queue = $1) order by ${order} desc limit $2)`;
}
