import { randomUUID } from 'node:crypto';
import type { TestContext } from 'node:test';
import type { Pool } from 'pg';
import { migrate } from '../../src/tasks/store/migrate.ts';
import { startPostgres, type TestPostgres } from './postgres.ts';
import { patientPool } from './tasks-database.ts';

/** The tables of tasks in a PostgreSQL of a test's own. */
export interface TasksStore {
  readonly postgres: TestPostgres;
  readonly db: Pool;
  /** Puts a task in as whoever sends does, without telling anybody; returns its id. */
  put(queue: string, columns?: Readonly<Record<string, unknown>>): Promise<string>;
  /** A task's row. */
  row(id: string): Promise<Record<string, unknown>>;
}

export async function tasksStore(t: Pick<TestContext, 'after'>): Promise<TasksStore> {
  const postgres = await startPostgres(t);
  await migrate(postgres.url);
  const db = patientPool(postgres.url);
  t.after(() => db.end());
  return {
    postgres,
    db,
    async put(queue, columns = {}) {
      const id = randomUUID();
      const how = { method: 'POST', path: '/run', headers: {}, retries: 5, timeout_ms: 5000 };
      const all = { id, queue, body: Buffer.from('{}'), ...how, ...columns };
      const names = Object.keys(all);
      const places = names.map((_, at) => `$${at + 1}`);
      await db.query(
        `insert into tidegate.tasks (${names.join(', ')}) values (${places.join(', ')})`,
        Object.values(all),
      );
      return id;
    },
    async row(id) {
      const { rows } = await db.query('select * from tidegate.tasks where id = $1', [id]);
      return rows[0] as Record<string, unknown>;
    },
  };
}
