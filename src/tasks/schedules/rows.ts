import type { PoolClient } from 'pg';
import type { ScheduleSpec } from '../../spec/tasks.ts';
import type { Queryable } from '../store/open.ts';

/**
 * Brings the rows in line with the configuration, and answers until when each schedule was sent, in ms since the epoch.
 * A new one, and one with another expression, begins now; so does one whose row is of a clock that was ahead.
 */
export async function keepSchedules(
  db: Queryable,
  schedules: readonly ScheduleSpec[],
  now: number,
): Promise<ReadonlyMap<string, number>> {
  const of = (pick: (each: ScheduleSpec) => string): string[] => schedules.map(pick);
  const { rows } = await db.query<{ name: string; sent_for: Date }>(KEEP, [
    of(({ name }) => name),
    of(({ cron }) => cron),
    of(({ timezone }) => timezone),
    new Date(now),
  ]);
  return new Map(rows.map(({ name, sent_for }) => [name, sent_for.getTime()]));
}

/** Until when each was sent, in ms since the epoch; empty before anybody has led. */
export async function sentFor(db: Queryable): Promise<ReadonlyMap<string, number>> {
  const { rows } = await db.query<{ name: string; sent_for: Date }>(
    'select name, sent_for from tidegate.schedules',
  );
  return new Map(rows.map((row) => [row.name, row.sent_for.getTime()]));
}

/** Until when it was sent; nobody else sends it until the transaction ends. Null: the row is gone, or another's. */
export async function lockSchedule(
  client: PoolClient,
  { name, cron, timezone }: ScheduleSpec,
): Promise<number | null> {
  const { rows } = await client.query<{ sent_for: Date }>(
    'select sent_for from tidegate.schedules where name = $1 and cron = $2 and timezone = $3 for update',
    [name, cron, timezone],
  );
  return rows[0]?.sent_for.getTime() ?? null;
}

export async function moveSchedule(
  client: PoolClient,
  name: string,
  sentFor: number,
): Promise<void> {
  await client.query('update tidegate.schedules set sent_for = $2 where name = $1', [
    name,
    new Date(sentFor),
  ]);
}

/** Whether the moment was sent before its row was lost or set back. */
export async function wasSent(client: PoolClient, key: string): Promise<boolean> {
  const { rowCount } = await client.query('select from tidegate.tasks where idempotency_key = $1', [
    key,
  ]);
  return rowCount === 1;
}

// Private

const KEEP = `
with removed as (
  delete from tidegate.schedules where name <> all($1::text[])
)
insert into tidegate.schedules as kept (name, cron, timezone, sent_for)
select name, cron, timezone, $4::timestamptz
from unnest($1::text[], $2::text[], $3::text[]) as given (name, cron, timezone)
on conflict (name) do update set
  cron = excluded.cron, timezone = excluded.timezone,
  sent_for = case when kept.cron = excluded.cron and kept.timezone = excluded.timezone
    then least(kept.sent_for, excluded.sent_for) else excluded.sent_for end
returning name, sent_for`;
