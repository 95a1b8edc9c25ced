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
  await db.query({ name: 'note-counts', text: NOTE }, [writer, rowsOf(counts)]);
}

/**
 * The same for seconds of a dispatcher, whose attempts are in the totals already: they are counted with what they became
 * (`COUNT_ENDED`, `COUNT_RETRIED`), so that a crash loses at most what was counted of its last second.
 */
export async function noteSeconds(
  db: Queryable,
  writer: string,
  counts: readonly QueueCount[],
): Promise<void> {
  if (counts.length === 0) return;
  await db.query({ name: 'note-seconds', text: INSERT }, [writer, rowsOf(counts)]);
}

/** Follows `with ended as (update … returning queue, state)`. */
export const COUNT_ENDED = `, counted as (
  insert into tidegate.totals as totals (queue, succeeded, failed)
  select queue, count(*) filter (where state = 'succeeded'), count(*) filter (where state = 'failed')
  from ended group by queue order by queue
  on conflict (queue) do update set
    succeeded = totals.succeeded + excluded.succeeded, failed = totals.failed + excluded.failed
)`;

/** Follows `with again as (update … returning queue)`. */
export const COUNT_RETRIED = `, counted as (
  insert into tidegate.totals as totals (queue, retried)
  select queue, count(*) from again group by queue order by queue
  on conflict (queue) do update set retried = totals.retried + excluded.retried
)`;

/** Forgets the counts of seconds that are over for an hour. */
export async function sweepCounts(db: Queryable): Promise<void> {
  await db.query("delete from tidegate.counts where at < clock_timestamp() - interval '1 hour'");
}

// Private

function rowsOf(counts: readonly QueueCount[]): string {
  return JSON.stringify(
    counts.map(({ at, ...count }) => ({ ...count, at: new Date(at).toISOString() })),
  );
}

const INSERT = `
insert into tidegate.counts
  (writer, queue, at, sent, succeeded, failed, cancelled, retried, waited, ran)
select $1, queue, at, sent, succeeded, failed, cancelled, retried, waited, ran
from jsonb_to_recordset($2) as given (queue text, at timestamptz, sent integer, succeeded integer,
  failed integer, cancelled integer, retried integer, waited jsonb, ran jsonb)
on conflict do nothing`;

const NOTE = `
with noted as (${INSERT}
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
