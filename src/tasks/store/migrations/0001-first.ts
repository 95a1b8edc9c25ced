/**
 * A task is one row from beginning to end. Each of its changes writes to every index that holds the row afterwards, so
 * all but the key are partial, and hold the row only while it is of interest there.
 */
export const first = `
create table tidegate.tasks (
  id uuid primary key,
  seq bigint generated always as identity,
  queue text not null,
  state text not null default 'queued'
    check (state in ('queued', 'running', 'succeeded', 'failed', 'cancelled')),
  priority smallint not null default 0,
  -- Queued for later: not before. Null: at once. Who is due is set to null by the dispatcher.
  not_before timestamptz,

  -- What is delivered.
  method text not null,
  path text not null,
  headers jsonb not null,
  body bytea,
  -- Who sent it, as the gateway verified: { "subject": "…", "issuer": "…" }. Null: nobody was asked.
  identity jsonb,
  retries smallint not null,
  timeout_ms integer not null,
  callback text,
  idempotency_key text,
  fingerprint bytea,

  -- Its course.
  created_at timestamptz not null default clock_timestamp(),
  -- Since when it could have been delivered: created, due, or queued again.
  ready_at timestamptz not null default clock_timestamp(),
  started_at timestamptz,
  finished_at timestamptz,
  attempt integer not null default 0,
  -- Attempts that count towards retries, those in a row that the service asked to be put off, and those that broke.
  failures smallint not null default 0,
  postponements smallint not null default 0,
  breaks smallint not null default 0,
  attempts jsonb not null default '[]',
  -- The dispatcher that has it under way; it lives while its row in dispatchers does.
  holder uuid,
  -- The lease of a worker that pulls; a lease that is over is given to another.
  lease_until timestamptz,
  lease_id uuid,
  error text,

  result_status smallint,
  result_headers jsonb,
  result_body bytea,
  result_bytes bigint
) with (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.1);

create index tasks_ready on tidegate.tasks (queue, priority desc, seq)
  where state = 'queued' and not_before is null;
create index tasks_later on tidegate.tasks (not_before) where state = 'queued' and not_before is not null;
create index tasks_held on tidegate.tasks (holder) where state = 'running' and holder is not null;
create index tasks_leased on tidegate.tasks (lease_until) where state = 'running' and lease_until is not null;
create index tasks_finished on tidegate.tasks (state, finished_at)
  where state in ('succeeded', 'failed', 'cancelled');
create unique index tasks_idempotency on tidegate.tasks (idempotency_key) where idempotency_key is not null;

-- Who delivers. A row that is not renewed for some seconds is of one that has died.
create table tidegate.dispatchers (
  id uuid primary key,
  replica text not null,
  seen_at timestamptz not null default clock_timestamp()
);

-- What happened in a second, by whoever noted it; kept for an hour.
create table tidegate.counts (
  queue text not null,
  at timestamptz not null,
  writer uuid not null,
  sent integer not null default 0,
  succeeded integer not null default 0,
  failed integer not null default 0,
  cancelled integer not null default 0,
  -- Attempts that did not succeed and are tried again.
  retried integer not null default 0,
  -- Bucket of the histogram → how many. Waited: from being ready to being delivered; ran: the last delivery.
  waited jsonb not null default '{}',
  ran jsonb not null default '{}',
  primary key (at, queue, writer)
);

-- The same, of all time.
create table tidegate.totals (
  queue text primary key,
  sent bigint not null default 0,
  succeeded bigint not null default 0,
  failed bigint not null default 0,
  cancelled bigint not null default 0,
  retried bigint not null default 0
);

create table tidegate.callbacks (
  task uuid primary key references tidegate.tasks (id) on delete cascade,
  url text not null,
  state text not null default 'waiting' check (state in ('waiting', 'delivered', 'failed')),
  attempts smallint not null default 0,
  next_at timestamptz not null default clock_timestamp(),
  error text
);
create index callbacks_waiting on tidegate.callbacks (next_at) where state = 'waiting';

create table tidegate.schedules (
  name text primary key,
  -- One that is another now begins anew.
  cron text not null,
  timezone text not null,
  -- All moments until then have been sent, or are none of ours: it began then.
  sent_for timestamptz not null
);
`;
