import type { Queryable } from './open.ts';

/** Queues again, as if they had never been leased, tasks whose worker went before it was given them. */
export async function unlease(db: Queryable, leases: readonly string[]): Promise<void> {
  await db.query(
    `update tidegate.tasks set state = 'queued', attempt = attempt - 1, lease_id = null, lease_until = null
     where state = 'running' and lease_until is not null and lease_id = any ($1)`,
    [leases],
  );
}
