import type { AttemptView } from '../task.ts';
import { COUNT_ENDED } from './counts.ts';
import { TELL_ENDED } from './ended.ts';
import type { Queryable } from './open.ts';

/** A task that has ended with its last delivery. */
export interface Finish {
  readonly id: string;
  readonly attempt: number;
  readonly state: 'succeeded' | 'failed';
  readonly failures: number;
  /** Null: it succeeded. */
  readonly error: string | null;
  /** What the service answered; null: nothing. */
  readonly result: Result | null;
}

export interface Result {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Null: empty, or too large to be kept. */
  readonly body: Buffer | null;
  /** What was sent. */
  readonly bytes: number;
}

/** An entry of `attempts` as SQL; `outcome`, `status` and `error` are SQL as well. */
export function attemptSql(
  outcome: `'${AttemptView['outcome']}'` | 'given.outcome',
  status: string,
  error: string,
): string {
  return `jsonb_build_object('number', task.attempt, 'startedAt', ${isoSql('task.started_at')},
    'endedAt', ${isoSql('clock_timestamp()')}, 'outcome', ${outcome}, 'status', ${status}, 'error', ${error})`;
}

/** All of `attempts` with one more, the newest 20. */
export function attemptsSql(entry: string): string {
  return `case when jsonb_array_length(task.attempts) < 20 then task.attempts else task.attempts - 0 end || ${entry}`;
}

/**
 * Writes down how tasks ended, with their callbacks, and tells those who wait for them. What `holder` does not hold in
 * that attempt any more (cancelled, or given to another) stays as it is. Returns the ids of those that were noted.
 */
export async function finish(
  db: Queryable,
  holder: string,
  finishes: readonly Finish[],
): Promise<ReadonlySet<string>> {
  const of = <T>(pick: (each: Finish) => T): T[] => finishes.map(pick);
  const bodies = finishes.flatMap(({ result }) => result?.body ?? []);
  let next = 1;
  const starts = of(({ result }) => {
    if (!result?.body) return null;
    next += result.body.length;
    return next - result.body.length;
  });
  const { rows } = await db.query<{ id: string }>({ name: 'finish', text: FINISH }, [
    holder,
    of(({ id }) => id),
    of(({ attempt }) => attempt),
    of(({ state }) => state),
    of(({ failures }) => failures),
    of(({ error }) => error),
    of(({ result }) => result?.status ?? null),
    of(({ result }) => (result ? JSON.stringify(result.headers) : null)),
    starts,
    of(({ result }) => result?.body?.length ?? null),
    of(({ result }) => result?.bytes ?? null),
    bodies.length === 1 ? bodies[0] : Buffer.concat(bodies),
  ]);
  return new Set(rows.map(({ id }) => id));
}

// Private

/** As `toISOString` writes it. */
function isoSql(time: string): string {
  return `to_char(${time} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
}

// All bodies are one parameter, which pg sends as bytes; an array of them it would spell out in hexadecimal.
// `is not distinct from`: an index on the holder would lead over all that it ever held and nobody has vacuumed yet.
const FINISH = `
with given as (
  select * from unnest($2::uuid[], $3::integer[], $4::text[], $5::smallint[], $6::text[], $7::smallint[], $8::jsonb[],
    $9::integer[], $10::integer[], $11::bigint[])
    as given (id, attempt, state, failures, error, status, headers, starts, kept, bytes)
), ended as (
  update tidegate.tasks as task set
    state = given.state, finished_at = clock_timestamp(), holder = null, failures = given.failures,
    postponements = 0, error = given.error,
    attempts = case when given.error is null then task.attempts
      else ${attemptsSql(attemptSql("'failed'", 'given.status', 'given.error'))} end,
    result_status = given.status, result_headers = given.headers,
    result_body = substring($12::bytea from given.starts for given.kept), result_bytes = given.bytes
  from given
  where task.id = given.id and task.holder is not distinct from $1 and task.attempt = given.attempt and task.state = 'running'
  returning task.id, task.callback, task.queue, task.state
)${COUNT_ENDED}${TELL_ENDED}
select id from ended where (select count(*) from told) >= 0`;
