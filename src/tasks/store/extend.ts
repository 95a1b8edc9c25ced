import { leaseLost } from '../errors.ts';
import type { Queryable } from './open.ts';
import { readTask } from './show.ts';

/**
 * Has a lease end that long from now; null: as long as the task says one delivery may take.
 * @throws TidegateError UNKNOWN_TASK, LEASE_LOST
 */
export async function extendLease(
  db: Queryable,
  id: string,
  lease: string,
  forMs: number | null,
): Promise<Date> {
  const { rows } = await db.query<{ lease_until: Date }>(EXTEND, [id, lease, forMs]);
  const [row] = rows;
  if (row) return row.lease_until;
  await readTask(db, id);
  throw leaseLost(id);
}

// Private

const EXTEND = `
update tidegate.tasks set lease_until = clock_timestamp() + coalesce($3, timeout_ms) * interval '1 ms'
where id = $1 and lease_id = $2 and state = 'running'
returning lease_until`;
