import pg from 'pg';
import { startLoop } from '../../kit/loop.ts';
import type { Log } from '../../kit/log.ts';
import { BY_KEY } from '../store/by-key.ts';

/**
 * The one dispatcher that claims: whoever holds a lock in PostgreSQL, with the session that claims go through. A session
 * that breaks takes the lock with it, so nobody claims who is not the leader.
 */
export interface Leader {
  /** Null: another one leads, or the database is away. */
  session(): pg.Client | null;
  /** Something failed on this session: it is given up, and with it the leadership. */
  giveUp(session: pg.Client, thrown: unknown): void;
  stop(): Promise<void>;
}

export interface LeaderOptions {
  readonly databaseUrl: string;
  /** Called with the lock held, before anything is claimed. */
  readonly prepare: () => Promise<void>;
  readonly onLead: () => void;
  readonly onLost: () => void;
  /** Tasks were sent to these queues; empty: to some. */
  readonly onSent: (queues: readonly string[]) => void;
  readonly log: Log;
}

/** Any number that is ours: who leads holds it. */
const LOCK = 7_433_002;
const TRY_MS = 250;
const STATEMENT_MS = 5_000;
/** A leader that hangs or is paused would keep its lock, and nobody would deliver: the server ends a session that is silent. */
const SILENT_MS = 5_000;
const PING_MS = 1_000;
/** Older servers know no such setting. */
const NOT_SILENT = `select set_config('idle_session_timeout', '${SILENT_MS}', false)
  where current_setting('server_version_num')::integer >= 140000`;
/** The server would keep the lock of one whose machine or network went away without a word for two hours. */
const GONE_SOON =
  '-c tcp_keepalives_idle=5 -c tcp_keepalives_interval=2 -c tcp_keepalives_count=3 -c tcp_user_timeout=10000';

export function startLeader({
  databaseUrl,
  prepare,
  onLead,
  onLost,
  onSent,
  log,
}: LeaderOptions): Leader {
  let client: pg.Client | null = null;
  let leading = false;
  let pingedAt = 0;
  let state: 'new' | 'standby' | 'leader' | 'away' = 'new';

  const say = (now: typeof state, facts: object, sentence: string): void => {
    if (state !== now) log[now === 'away' ? 'warn' : 'info'](facts, sentence);
    state = now;
  };
  const lose = (lost: pg.Client, err: unknown): void => {
    if (client !== lost) return;
    client = null;
    const led = leading;
    leading = false;
    lost.end().catch(() => undefined);
    say('away', { err }, 'the database does not answer');
    if (led) onLost();
  };
  const connect = async (): Promise<pg.Client> => {
    const fresh = new pg.Client({
      connectionString: databaseUrl,
      application_name: 'tidegate dispatcher',
      connectionTimeoutMillis: 3_000,
      statement_timeout: STATEMENT_MS,
      query_timeout: STATEMENT_MS + 1_000,
      keepAlive: true,
      keepAliveInitialDelayMillis: 5_000,
      // A claim that is lost in a crash was never made: the task is claimed again.
      options: `${BY_KEY} ${GONE_SOON} -c synchronous_commit=off`,
    });
    fresh.on('error', (err) => lose(fresh, err));
    fresh.on('end', () => lose(fresh, undefined));
    fresh.on('notification', ({ payload }) => onSent(payload ? payload.split(',') : []));
    try {
      await fresh.connect();
    } catch (thrown) {
      fresh.end().catch(() => undefined);
      throw thrown;
    }
    return fresh;
  };
  const ping = async (session: pg.Client): Promise<void> => {
    if (performance.now() - pingedAt < PING_MS) return;
    pingedAt = performance.now();
    await session.query('select').catch((thrown: unknown) => lose(session, thrown));
  };
  const turn = async (): Promise<void> => {
    if (leading && client) return await ping(client);
    client ??= await connect();
    const session = client;
    try {
      const { rows } = await session.query<{ got: boolean }>(
        'select pg_try_advisory_lock($1) as got',
        [LOCK],
      );
      if (!rows[0]?.got) return say('standby', {}, 'another dispatcher leads; standing by');
      await session.query(NOT_SILENT);
      await session.query('listen tidegate_sent');
      await prepare();
    } catch (thrown) {
      lose(session, thrown);
      return;
    }
    if (client !== session) return;
    leading = true;
    say('leader', {}, 'leading: tasks are claimed here');
    onLead();
  };
  const loop = startLoop({
    intervalMs: () => TRY_MS,
    turn,
    onError: (err) => say('away', { err }, 'the database does not answer'),
  });

  return {
    session: () => (leading ? client : null),
    giveUp: (session, thrown) => lose(session, thrown),
    async stop() {
      await loop.stop();
      const last = client;
      client = null;
      leading = false;
      await last?.end().catch(() => undefined);
    },
  };
}
