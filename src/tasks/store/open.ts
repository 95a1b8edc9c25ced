import pg, { type Pool, type PoolClient, type QueryConfig, type QueryResult } from 'pg';

/** Whatever takes statements: a pool, or a connection inside of a transaction. */
export interface Queryable {
  // A row is what its statement says: pg cannot know better.
  query<Row extends object>(
    statement: string | QueryConfig,
    values?: unknown[],
  ): Promise<QueryResult<Row>>;
}

export interface PoolSettings {
  readonly url: string;
  /** What the connections are called in `pg_stat_activity`. */
  readonly name: string;
  /** At most. */
  readonly connections: number;
  /** Settings of the server for these connections: `-c enable_seqscan=off`. */
  readonly options?: string;
}

/** How long a statement may take; its caller is told 503 then. */
const STATEMENT_MS = 5_000;
const CONNECT_MS = 3_000;
/** Behind a statement that gets no answer it would wait as long again; without its connection nothing is committed. */
const ROLLBACK_MS = 500;

/** Connections as they are needed; nothing is connected yet, and a server that goes and comes back is not noticed. */
export function openPool({ url, name, connections, options }: PoolSettings): Pool {
  const pool = new pg.Pool({
    connectionString: url,
    application_name: name,
    max: connections,
    ...(options === undefined ? {} : { options }),
    connectionTimeoutMillis: CONNECT_MS,
    statement_timeout: STATEMENT_MS,
    // For a server that is there and silent.
    query_timeout: STATEMENT_MS + 1_000,
    idle_in_transaction_session_timeout: 2 * STATEMENT_MS,
    keepAlive: true,
  });
  // A connection that breaks fails its statement; without one there is nobody to tell.
  const ignore = (): void => undefined;
  pool.on('error', ignore);
  pool.on('connect', (client) => client.on('error', ignore));
  return pool;
}

/** Runs `work` between `begin` and `commit`; rolled back, and thrown on, when it throws. */
export async function inTransaction<T>(
  pool: Pool,
  work: (client: PoolClient) => Promise<T>,
): Promise<T> {
  const client = await pool.connect();
  let broken = false;
  try {
    await client.query('begin');
    const result = await work(client);
    await client.query('commit');
    return result;
  } catch (thrown) {
    const rollback = { text: 'rollback', query_timeout: ROLLBACK_MS };
    await client.query(rollback).catch(() => {
      broken = true;
    });
    throw thrown;
  } finally {
    client.release(broken);
  }
}
