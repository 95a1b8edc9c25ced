import type { AttemptView } from '../task.ts';
import { COUNT_RETRIED } from './counts.ts';
import { attemptSql, attemptsSql } from './finish.ts';
import type { Queryable } from './open.ts';

/** A task that is queued again after a delivery. */
export interface Postpone {
  readonly id: string;
  readonly attempt: number;
  readonly outcome: AttemptView['outcome'];
  readonly status: number | null;
  readonly error: string;
  readonly failures: number;
  readonly postponements: number;
  readonly breaks: number;
  readonly delayMs: number;
}

/** Queues tasks again for later; what `holder` does not hold in that attempt any more stays as it is. Returns the ids of those that were noted. */
export async function postpone(
  db: Queryable,
  holder: string,
  postponed: readonly Postpone[],
): Promise<ReadonlySet<string>> {
  const values = [holder, JSON.stringify(postponed)];
  const { rows } = await db.query<{ id: string }>({ name: 'postpone', text: POSTPONE }, values);
  return new Set(rows.map(({ id }) => id));
}

// Private

const ATTEMPT = attemptSql('given.outcome', 'given.status', 'given.error');

/** A service that is away is knocked at each second: listed one by one, that would leave no room for what went wrong. */
const SAME = `given.outcome = 'interrupted' and given.breaks = task.breaks
  and task.attempts -> -1 ->> 'outcome' = 'interrupted' and task.attempts -> -1 ->> 'error' = given.error`;

const POSTPONE = `
with again as (
update tidegate.tasks as task set
  state = 'queued', holder = null, failures = given.failures, postponements = given.postponements,
  breaks = given.breaks,
  not_before = clock_timestamp() + given."delayMs" * interval '1 ms',
  attempts = case when ${SAME} then task.attempts - -1 || ${ATTEMPT} else ${attemptsSql(ATTEMPT)} end
from jsonb_to_recordset($2) as given (id uuid, attempt integer, outcome text, status smallint, error text,
  failures smallint, postponements smallint, breaks smallint, "delayMs" float8)
where task.id = given.id and task.holder is not distinct from $1 and task.attempt = given.attempt and task.state = 'running'
returning task.id, task.queue
)${COUNT_RETRIED}
select id from again`;
