import type { QueueCount } from '../books.ts';
import type { Queryable } from './open.ts';

/**
 * Writes down what `writer` has done in seconds that are over, and adds it to what was done of all time. A second of
 * one writer counts once: what is written again, because nobody knows whether it was committed, changes nothing.
 */
export async function noteCounts(
  db: Queryable,
  writer: string,
  counts: readonly QueueCount[],
): Promise<void> {
  if (counts.length === 0) return;
  const rows = counts.map(({ at, ...count }) => ({ ...count, at: new Date(at).toISOString() }));
  await db.query({ name: 'note-counts', text: NOTE }, [writer, JSON.stringify(rows)]);
}

/** Forgets the counts of seconds that are over for an hour. */
export async function sweepCounts(db: Queryable): Promise<void> {
  await db.query("delete from tidegate.counts where at < clock_timestamp() - interval '1 hour'");
}

// Private

const NOTE = `
with noted as (
  insert into tidegate.counts
    (writer, queue, at, sent, succeeded, failed, cancelled, retried, waited, ran)
  select $1, queue, at, sent, succeeded, failed, cancelled, retried, waited, ran
  from jsonb_to_recordset($2) as given (queue text, at timestamptz, sent integer, succeeded integer,
    failed integer, cancelled integer, retried integer, waited jsonb, ran jsonb)
  on conflict do nothing
  returning queue, sent, succeeded, failed, cancelled, retried
)
insert into tidegate.totals as totals (queue, sent, succeeded, failed, cancelled, retried)
select queue, sum(sent), sum(succeeded), sum(failed), sum(cancelled), sum(retried)
from noted group by queue order by queue
on conflict (queue) do update set
  sent = totals.sent + excluded.sent,
  succeeded = totals.succeeded + excluded.succeeded,
  failed = totals.failed + excluded.failed,
  cancelled = totals.cancelled + excluded.cancelled,
  retried = totals.retried + excluded.retried`;
