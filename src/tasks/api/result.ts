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

/**
 * The same where it is fetched by its address, which may be opened in a browser long after: nothing of it runs as a page
 * of this site, whatever a worker put into it, and nobody in between keeps it.
 */
export function shownResult(row: TaskRow): Answer | null {
  const answer = resultAnswer(row);
  return answer && { ...answer, headers: { ...answer.headers, ...INERT } };
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

const INERT = {
  'x-content-type-options': 'nosniff',
  'content-security-policy': "sandbox; default-src 'none'",
  'cache-control': 'no-store',
} as const;

/** Of a connection that is over, or for a browser that was not there. */
const NOT_REPEATED =
  /^(connection|keep-alive|transfer-encoding|te|trailer|upgrade|content-length|date|set-cookie2?|proxy-.*|x-tidegate-.*)$/i;

function isCut(row: TaskRow): boolean {
  return row.result_status !== null && row.result_body === null && Number(row.result_bytes) > 0;
}
