import type { TaskRow } from '../task-view.ts';
import { FINAL_STATES } from '../task.ts';
import { type Answer, problem } from './answer.ts';

export function hasEnded({ state }: Pick<TaskRow, 'state'>): boolean {
  return (FINAL_STATES as readonly string[]).includes(state);
}

/** What the service answered in the end, as if it had answered here; null: there is none, or not all of it was kept. */
export function resultAnswer(row: TaskRow): Answer | null {
  if (!hasEnded(row) || row.result_status === null || isCut(row)) return null;
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(row.result_headers ?? {})) {
    if (!NOT_REPEATED.test(name)) headers[name] = value;
  }
  return { status: row.result_status, headers, body: row.result_body };
}

/** Why there is no result to be shown. */
export function noResult(row: TaskRow): Answer {
  if (isCut(row)) {
    const detail = `The service answered ${row.result_bytes} bytes, which is above tasks.resultLimit: they were not kept.`;
    return problem(404, 'RESULT_NOT_KEPT', detail);
  }
  const detail = hasEnded(row)
    ? `The task is ${row.state}, and no service has answered it.`
    : `The task is ${row.state}: it has no result yet.`;
  return problem(404, 'NO_RESULT', detail);
}

// Private

/** Of a connection that is over. */
const NOT_REPEATED =
  /^(connection|keep-alive|transfer-encoding|te|trailer|upgrade|content-length|date|proxy-.*|x-tidegate-.*)$/i;

function isCut(row: TaskRow): boolean {
  return row.result_status !== null && row.result_body === null && Number(row.result_bytes) > 0;
}
