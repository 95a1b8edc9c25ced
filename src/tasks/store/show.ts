import { unknownTask } from '../errors.ts';
import { type TaskRow, taskView, VIEW_COLUMNS_WITHOUT_BODY, VIEW_TABLES } from '../task-view.ts';
import type { TaskView } from '../task.ts';
import type { Queryable } from './open.ts';

/** @throws TidegateError UNKNOWN_TASK */
export async function showTask(db: Queryable, id: string): Promise<TaskView> {
  return taskView(await readTask(db, id));
}

/** A row as it is, for whoever must know more than is shown. @throws TidegateError UNKNOWN_TASK */
export async function readTask(db: Queryable, id: string): Promise<TaskRow> {
  if (!TASK_ID.test(id)) throw unknownTask(id);
  const { rows } = await db.query<TaskRow>({ name: 'tidegate-show', text: SHOW, values: [id] });
  const [row] = rows;
  if (!row) throw unknownTask(id);
  return row;
}

/** 32 hexadecimal digits, and no other spelling that PostgreSQL would take. */
export const TASK_ID = /^[0-9a-f]{32}$/;

// Private

const SHOW = `select ${VIEW_COLUMNS_WITHOUT_BODY}, t.result_body from ${VIEW_TABLES} where t.id = $1`;
