import type { Queryable } from './open.ts';

/** A task as whoever delivers it needs it. */
export interface Claimed {
  readonly id: string;
  readonly queue: string;
  /** Of this delivery, from 1. */
  readonly attempt: number;
  readonly failures: number;
  readonly postponements: number;
  readonly breaks: number;
  readonly retries: number;
  readonly timeoutMs: number;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Null: there is none, or it is too large to come with a claim. */
  readonly body: Buffer | null;
  readonly bodyBytes: number;
  /** The verified `sub` of whoever sent it. */
  readonly subject: string | null;
  /** From being ready to being claimed. */
  readonly waitedMs: number;
  /** When it was claimed, as the database spells it: tells this claim from another one of the same attempt. */
  readonly startedAt: string;
}

/** A larger body is read when it is delivered: a claim of many would take too much memory, and too long. */
const LARGEST_BODY = 16_384;

/**
 * Takes up to `most` tasks of a queue that are ready, the most urgent first, for `holder`, whose attempt begins. Others
 * that claim at the same time are not waited for.
 */
export async function claim(
  db: Queryable,
  holder: string,
  queue: string,
  most: number,
): Promise<readonly Claimed[]> {
  const values = [holder, queue, most];
  const { rows } = await db.query<Claimed>({ name: 'claim', text: CLAIM }, values);
  return rows;
}

// Private

// What is claimed is named by id in an array: a plan that joins would read all tasks when statistics are old.
const CLAIM = `
update tidegate.tasks as task set
  state = 'running', holder = $1, started_at = clock_timestamp(), attempt = attempt + 1
where id = any (array(
  select id from tidegate.tasks
  where queue = $2 and state = 'queued' and not_before is null
  order by priority desc, seq
  limit $3
  for update skip locked
))
returning id, queue, attempt, failures, postponements, breaks, retries, timeout_ms as "timeoutMs", method, path, headers,
  case when octet_length(body) <= ${LARGEST_BODY} then body end as body,
  coalesce(octet_length(body), 0) as "bodyBytes",
  identity ->> 'subject' as subject,
  (extract(epoch from started_at - ready_at) * 1000)::float8 as "waitedMs",
  started_at::text as "startedAt"`;
