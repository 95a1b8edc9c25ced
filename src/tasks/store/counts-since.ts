import type { QueueCount, QueueCounts } from '../books.ts';
import type { Queryable } from './open.ts';

/** Reads what was counted, each second of each writer once. */
export interface CountReader {
  /** What was written down since the call before; at the first, of the last minute. */
  read(db: Queryable): Promise<QueueCounts>;
}

export function createCountReader(): CountReader {
  /** Of the seconds that are read again, what was given. */
  let given = new Set<string>();
  let newest = 0;
  return {
    async read(db) {
      const since = newest === 0 ? null : new Date(newest - LATE_MS).toISOString();
      const { rows } = await db.query<Row>({ name: 'counts', text: COUNTS, values: [since] });
      const fresh = rows.filter((row) => !given.has(keyOf(row)));
      newest = rows.reduce((last, { at }) => Math.max(last, at), newest);
      given = new Set(rows.filter(({ at }) => at >= newest - LATE_MS).map(keyOf));
      return together(fresh);
    },
  };
}

// Private

interface Row extends QueueCount {
  readonly writer: string;
}

/** A writer that could not reach the database may come so late with what it counted. */
const LATE_MS = 30_000;

/** Rows never change once they are there. */
const COUNTS = `
select queue, writer, (extract(epoch from at) * 1000)::float8 as at,
  sent, succeeded, failed, cancelled, retried, waited, ran
from tidegate.counts
where at >= coalesce($1::timestamptz, clock_timestamp() - interval '1 minute')
order by at`;

function keyOf({ queue, writer, at }: Row): string {
  return `${at} ${writer} ${queue}`;
}

function together(rows: readonly Row[]): QueueCounts {
  const seconds = new Map<string, QueueCount>();
  for (const { writer: _, ...row } of rows) {
    const key = `${row.at} ${row.queue}`;
    const before = seconds.get(key);
    seconds.set(key, before ? sumOf(before, row) : row);
  }
  return [...seconds.values()];
}

function sumOf(a: QueueCount, b: QueueCount): QueueCount {
  return {
    queue: a.queue,
    at: a.at,
    sent: a.sent + b.sent,
    succeeded: a.succeeded + b.succeeded,
    failed: a.failed + b.failed,
    cancelled: a.cancelled + b.cancelled,
    retried: a.retried + b.retried,
    waited: bucketsOf(a.waited, b.waited),
    ran: bucketsOf(a.ran, b.ran),
  };
}

type Buckets = Readonly<Record<string, number>>;

function bucketsOf(a: Buckets, b: Buckets): Buckets {
  const sum: Record<string, number> = { ...a };
  for (const [bucket, count] of Object.entries(b)) sum[bucket] = (sum[bucket] ?? 0) + count;
  return sum;
}
