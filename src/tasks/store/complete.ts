import { leaseLost } from '../errors.ts';
import type { Ended } from '../tally.ts';
import { TELL_ENDED } from './ended.ts';
import type { Result } from './finish.ts';
import type { Queryable } from './open.ts';
import { readTask } from './show.ts';

/** What is counted of a task that has ended. */
export interface EndedLease extends Ended {
  readonly queue: string;
}

/** Has a leased task succeed. @throws TidegateError UNKNOWN_TASK, LEASE_LOST */
export async function completeTask(
  db: Queryable,
  id: string,
  lease: string,
  { status, headers, body, bytes }: Result,
): Promise<EndedLease> {
  const values = [id, lease, status, JSON.stringify(headers), body, bytes];
  const { rows } = await db.query<Row>({ name: 'tidegate-complete', text: COMPLETE, values });
  const [row] = rows;
  if (!row) {
    await readTask(db, id);
    throw leaseLost(id);
  }
  return { queue: row.queue, state: 'succeeded', waitedMs: row.waited_ms, ranMs: row.ran_ms };
}

// Private

interface Row {
  readonly queue: string;
  readonly waited_ms: number;
  readonly ran_ms: number;
}

const COMPLETE = `
with ended as (
  update tidegate.tasks set
    state = 'succeeded', finished_at = clock_timestamp(), lease_id = null, lease_until = null,
    postponements = 0, error = null,
    result_status = $3, result_headers = $4, result_body = $5, result_bytes = $6
  where id = $1 and lease_id = $2 and state = 'running'
  returning id, queue, callback,
    (extract(epoch from started_at - ready_at) * 1000)::float8 as waited_ms,
    (extract(epoch from finished_at - started_at) * 1000)::float8 as ran_ms
)${TELL_ENDED}
select queue, waited_ms, ran_ms from ended, told`;
