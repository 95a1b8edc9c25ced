import { unknownTask } from '../errors.ts';
import { type Audience, type RequestRow, requestView } from '../request-view.ts';
import type { RequestView } from '../task.ts';
import type { Queryable } from './open.ts';

/** What a task carries; not part of `readTask`, which is asked at every change. @throws TidegateError UNKNOWN_TASK */
export async function readRequest(
  db: Queryable,
  id: string,
  audience: Audience,
): Promise<RequestView> {
  const { rows } = await db.query<RequestRow>({
    name: 'tidegate-read-request',
    text: READ,
    values: [id],
  });
  const [row] = rows;
  if (!row) throw unknownTask(id);
  return requestView(row, audience);
}

// Private

/** Bytes; a larger body is not shown. */
const LARGEST_SHOWN = 64 * 1024;

const READ = `
select headers, case when octet_length(body) <= ${LARGEST_SHOWN} then body end as body,
  coalesce(octet_length(body), 0) as bytes
from tidegate.tasks where id = $1`;
