import type { TestContext } from 'node:test';
import pg, { type Pool } from 'pg';
import type { QueueSpec } from '../../src/spec/tasks.ts';
import { migrate } from '../../src/tasks/store/migrate.ts';
import { startPostgres, type TestPostgres } from './postgres.ts';

/** A PostgreSQL with the tables of the tasks, and connections to it. */
export async function startTasksDatabase(
  t: Pick<TestContext, 'after'>,
): Promise<{ readonly postgres: TestPostgres; readonly pool: Pool }> {
  const postgres = await startPostgres(t);
  await migrate(postgres.url);
  const pool = patientPool(postgres.url);
  t.after(() => pool.end());
  return { postgres, pool };
}

/** Connections that wait for as long as it takes: on a machine that is busy a slow statement is no fault. */
export function patientPool(url: string): Pool {
  const pool = new pg.Pool({ connectionString: url, application_name: 'test', max: 4 });
  // As in production: who asks is told.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

/** A queue of a service `worker`; two retries at once. */
export function testQueue(given: Partial<QueueSpec> = {}): QueueSpec {
  return {
    name: 'default',
    service: 'worker',
    delivery: 'push',
    path: '/run',
    retries: 2,
    timeoutMs: 60_000,
    concurrency: null,
    backoff: { leastMs: 0, mostMs: 0 },
    ...given,
  };
}
