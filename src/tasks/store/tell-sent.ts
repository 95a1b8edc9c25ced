import type { Queryable } from './open.ts';

/** Tells the dispatcher, and workers that lease, that there is something in some queues. */
export async function tellSent(db: Queryable): Promise<void> {
  await db.query("select pg_notify('tidegate_sent', '')");
}
