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

/** Takes at most `limit` that are due, the longest due first. Those of tasks that are tried again wait for their end. */
export async function claimCallbacks(
  db: Queryable,
  { now, until, limit }: { now: number; until: number; limit: number },
): Promise<readonly ClaimedCallback[]> {
  const { rows } = await db.query<Omit<ClaimedCallback, 'claimedUntil'>>(
    `with due as (
       select task from tidegate.callbacks join tidegate.tasks on id = task
       where callbacks.state = 'waiting' and next_at <= ${at('$1')} and tasks.state = any($4)
       order by next_at limit $3
       for update of callbacks skip locked
     )
     update tidegate.callbacks set next_at = ${at('$2')} from due
     where callbacks.task = due.task
     returning replace(callbacks.task::text, '-', '') as task, url, attempts`,
    [now, until, limit, FINAL_STATES],
  );
  return rows.map((row) => ({ ...row, claimedUntil: until }));
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

/** Milliseconds since the epoch as PostgreSQL has them. */
function at(parameter: string): string {
  return `to_timestamp(${parameter}::double precision / 1000)`;
}
