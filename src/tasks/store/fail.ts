import type { Pool } from 'pg';
import type { QueueSpec } from '../../spec/tasks.ts';
import { backoffMs } from '../backoff.ts';
import { leaseLost } from '../errors.ts';
import type { EndedLease } from './complete.ts';
import { TELL_ENDED } from './ended.ts';
import { attemptSql, attemptsSql } from './finish.ts';
import { inTransaction } from './open.ts';
import { readTask } from './show.ts';

export interface LeaseFailure {
  readonly error: string;
  /** False: a repetition would change nothing. */
  readonly retry: boolean;
  readonly backoffOf: (queue: string) => QueueSpec['backoff'];
  /** 0..1, for the jitter. */
  readonly chance: number;
}

/**
 * Notes that an attempt on a leased task failed; it is tried again later, or has failed for good: then what is counted
 * of it is returned, else the queue it waits in. @throws TidegateError UNKNOWN_TASK, LEASE_LOST
 */
export async function failTask(
  pool: Pool,
  id: string,
  lease: string,
  failure: LeaseFailure,
): Promise<EndedLease | { readonly queue: string; readonly state: 'queued' }> {
  return inTransaction(pool, async (client) => {
    const { rows } = await client.query<Row>(LOCK, [id, lease]);
    const [row] = rows;
    if (!row) {
      await readTask(client, id);
      throw leaseLost(id);
    }
    const { queue, waited_ms: waitedMs, ran_ms: ranMs } = row;
    if (failure.retry && row.failures < row.retries) {
      const delayMs = backoffMs(failure.backoffOf(queue), row.failures + 1, failure.chance);
      await client.query(AGAIN, [id, failure.error, delayMs]);
      return { queue, state: 'queued' };
    }
    await client.query(FAILED, [id, failure.error]);
    return { queue, state: 'failed', waitedMs, ranMs };
  });
}

// Private

interface Row {
  readonly queue: string;
  readonly failures: number;
  readonly retries: number;
  readonly waited_ms: number;
  readonly ran_ms: number;
}

const LOCK = `
select queue, failures, retries,
  (extract(epoch from started_at - ready_at) * 1000)::float8 as waited_ms,
  (extract(epoch from clock_timestamp() - started_at) * 1000)::float8 as ran_ms
from tidegate.tasks where id = $1 and lease_id = $2 and state = 'running' for update`;

const NOTED = `lease_id = null, lease_until = null, failures = failures + 1, postponements = 0,
  attempts = ${attemptsSql(attemptSql("'failed'", 'null', '$2::text'))}`;

const AGAIN = `
update tidegate.tasks as task set state = 'queued',
  not_before = clock_timestamp() + $3::float8 * interval '1 ms', ${NOTED}
where id = $1`;

const FAILED = `
with ended as (
  update tidegate.tasks as task set state = 'failed', finished_at = clock_timestamp(), error = $2, ${NOTED}
  where id = $1
  returning id, callback
)${TELL_ENDED}
select from ended, told`;
