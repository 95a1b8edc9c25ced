/** A notification holds less than 8000 bytes. */
const IDS_A_NOTIFICATION = 200;

/**
 * Follows `with ended as (update … returning id, callback)`: callbacks become due, and whoever waits for one of the
 * tasks is told, if the statement goes on to read `told`, which has a row for each 200 tasks.
 */
export const TELL_ENDED = `, called as (
  insert into tidegate.callbacks (task, url) select id, callback from ended where callback is not null
  on conflict (task) do update
  set url = excluded.url, state = 'waiting', attempts = 0, next_at = clock_timestamp(), error = null
), told as (
  select pg_notify('tidegate_ended', string_agg(id::text, ','))
  from (select id, (row_number() over () - 1) / ${IDS_A_NOTIFICATION} as chunk from ended) as numbered
  group by chunk
)`;
