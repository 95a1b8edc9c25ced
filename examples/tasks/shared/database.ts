import { Pool } from 'pg';

/** Tidegate names every database of the configuration in a variable: `main` is in MAIN_URL. */
export const database = new Pool({
  connectionString: process.env['MAIN_URL'],
  max: 5,
  connectionTimeoutMillis: 5_000,
});
// An idle connection that breaks is no reason to end: the next query opens another.
database.on('error', (error) => console.error(`PostgreSQL: ${error.message}`));
