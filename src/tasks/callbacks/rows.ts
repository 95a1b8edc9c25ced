import type { Queryable } from '../store/open.ts';
import { FINAL_STATES } from '../task.ts';

/** A callback that is due, and is nobody else's until `claimedUntil`. */
export interface ClaimedCallback {
  readonly task: string;
  readonly url: string;
  /** Made before, all in vain. */
  readonly attempts: number;
  /** ms since the epoch */
  readonly claimedUntil: number;
}

/** What an attempt came to; `retryAt` in ms since the epoch, null: nothing more is tried. */
export type CallbackOutcome =
  | { readonly delivered: true }
  | { readonly delivered: false; readonly error: string; readonly retryAt: number | null };

/** Takes the one that is due for longest and not to go to one of `busy`, hosts. That of a task that is tried again waits for its end. */
export async function claimCallback(
  db: Queryable,
  { now, until, busy }: { now: number; until: number; busy: readonly string[] },
): Promise<ClaimedCallback | null> {
  const { rows } = await db.query<Omit<ClaimedCallback, 'claimedUntil'>>(
    `with due as (
       select task from tidegate.callbacks join tidegate.tasks on id = task
       where callbacks.state = 'waiting' and next_at <= ${at('$1')} and tasks.state = any($4)
         and coalesce(lower(substring(url from $5)), '') <> all($3)
       order by next_at limit 1
       for update of callbacks skip locked
     )
     update tidegate.callbacks set next_at = ${at('$2')} from due
     where callbacks.task = due.task
     returning replace(callbacks.task::text, '-', '') as task, url, attempts`,
    [now, until, busy, FINAL_STATES, HOST],
  );
  const [row] = rows;
  return row ? { ...row, claimedUntil: until } : null;
}

/** Whose callbacks an address belongs to. */
export function hostOf(url: string): string {
  return (new RegExp(HOST).exec(url)?.[1] ?? '').toLowerCase();
}

/** Notes an attempt, unless the callback has become another's since, or a new one. */
export async function settleCallback(
  db: Queryable,
  { task, claimedUntil }: ClaimedCallback,
  outcome: CallbackOutcome,
): Promise<void> {
  const { delivered } = outcome;
  const [error, retryAt] = delivered ? [null, null] : [outcome.error, outcome.retryAt];
  const state = delivered ? 'delivered' : retryAt === null ? 'failed' : 'waiting';
  await db.query(
    `update tidegate.callbacks
     set state = $3, attempts = attempts + 1, error = $4, next_at = coalesce(${at('$5')}, next_at)
     where task = $1 and state = 'waiting' and next_at = ${at('$2')}`,
    [task, claimedUntil, state, error, retryAt],
  );
}

// Private

/** Understood alike by PostgreSQL and here. */
const HOST = '^[hH][tT][tT][pP][sS]://([^/?#]*)';

/** Milliseconds since the epoch as PostgreSQL has them. */
function at(parameter: string): string {
  return `to_timestamp(${parameter}::double precision / 1000)`;
}
