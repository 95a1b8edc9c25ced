import type { TestContext } from 'node:test';
import type { Pool } from 'pg';
import type { QueueSpec } from '../../src/spec/tasks.ts';
import { migrate } from '../../src/tasks/store/migrate.ts';
import { openPool } from '../../src/tasks/store/open.ts';
import { startPostgres, type TestPostgres } from './postgres.ts';

/** A PostgreSQL with the tables of the tasks, and connections to it. */
export async function startTasksDatabase(
  t: Pick<TestContext, 'after'>,
): Promise<{ readonly postgres: TestPostgres; readonly pool: Pool }> {
  const postgres = await startPostgres(t);
  await migrate(postgres.url);
  const pool = openPool({ url: postgres.url, name: 'test', connections: 4 });
  t.after(() => pool.end());
  return { postgres, pool };
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
