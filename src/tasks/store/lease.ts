import { idOf } from '../task-view.ts';
import { inTransaction, type Queryable } from './open.ts';
import type { Pool } from 'pg';

/** A task that a worker has for a while. */
export interface LeasedTask {
  readonly id: string;
  readonly lease: string;
  readonly leaseUntil: Date;
  readonly attempt: number;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | null;
  /** The verified `sub` of whoever sent it. */
  readonly subject: string | null;
}

export interface LeaseRequest {
  readonly queue: string;
  readonly most: number;
  /** Null: as long as the task says one delivery may take. */
  readonly forMs: number | null;
  /** Leases of this queue at once; null: any number. */
  readonly concurrency: number | null;
}

/** Gives away up to `most` tasks of a queue that are ready, the most urgent first, and no more once their bodies have 8 MB. */
export async function leaseTasks(
  pool: Pool,
  request: LeaseRequest,
): Promise<readonly LeasedTask[]> {
  const { queue, most, concurrency } = request;
  if (concurrency === null) return lease(pool, request, most);
  return inTransaction(pool, async (client) => {
    // Two that count at once would each give the last one away.
    await client.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`lease ${queue}`]);
    const { rows } = await client.query<{ leased: number }>(LEASED, [queue]);
    const room = Math.max(0, concurrency - (rows[0]?.leased ?? 0));
    return lease(client, request, Math.min(most, room));
  });
}

// Private

interface Row extends Omit<LeasedTask, 'lease' | 'leaseUntil'> {
  readonly lease_id: string;
  readonly lease_until: Date;
  readonly priority: number;
  readonly seq: string;
}

const LEASED = `select count(*)::integer as leased from tidegate.tasks
  where state = 'running' and lease_until is not null and queue = $1`;

/** All of them are one answer, which is put together in memory. */
const MOST_BYTES = 8 * 1024 * 1024;

const LEASE = `
update tidegate.tasks set
  state = 'running', attempt = attempt + 1, started_at = clock_timestamp(), lease_id = gen_random_uuid(),
  lease_until = clock_timestamp() + coalesce($3, timeout_ms) * interval '1 ms'
where id = any (array(
  select id from (
    select id, sum(bytes) over (order by priority desc, seq) - bytes as before from (
      select id, priority, seq, coalesce(octet_length(body), 0) as bytes from tidegate.tasks
      where queue = $1 and state = 'queued' and not_before is null
      order by priority desc, seq limit $2 for update skip locked
    ) ready
  ) counted where before < ${MOST_BYTES}
))
returning id, lease_id, lease_until, attempt, method, path, headers, body, identity ->> 'subject' as subject,
  priority, seq`;

async function lease(
  db: Queryable,
  { queue, forMs }: LeaseRequest,
  most: number,
): Promise<readonly LeasedTask[]> {
  const { rows } = await db.query<Row>({
    name: 'tidegate-lease',
    text: LEASE,
    values: [queue, most, forMs],
  });
  return rows
    .toSorted((a, b) => b.priority - a.priority || Number(a.seq) - Number(b.seq))
    .map((row) => ({
      id: idOf(row.id),
      lease: idOf(row.lease_id),
      leaseUntil: row.lease_until,
      attempt: row.attempt,
      method: row.method,
      path: row.path,
      headers: row.headers,
      body: row.body,
      subject: row.subject,
    }));
}
