import { Pool } from 'pg';
import { addressOf } from './address.ts';

let pool: { readonly url: string; readonly connections: Pool } | null = null;

/** The connections to PostgreSQL, made anew when it has moved. */
export function database(): Pool {
  const url = addressOf('database');
  if (pool?.url !== url) {
    void pool?.connections.end();
    const connections = new Pool({
      connectionString: url,
      max: 10,
      connectionTimeoutMillis: 2_000,
    });
    // An idle connection that breaks is no reason to end: the next query opens another.
    connections.on('error', (error) => console.error(`PostgreSQL: ${error.message}`));
    pool = { url, connections };
  }
  return pool.connections;
}
