import { Pool } from 'pg';

const connections = new Pool({
  connectionString: process.env['MAIN_URL'],
  max: 10,
  connectionTimeoutMillis: 2_000,
});
// An idle connection that breaks is no reason to end: the next query opens another.
connections.on('error', (error) => console.error(`PostgreSQL: ${error.message}`));

/** The connections to PostgreSQL. */
export function database(): Pool {
  return connections;
}
