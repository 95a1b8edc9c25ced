import type { TestContext } from 'node:test';
import type { Pool } from 'pg';
import { silentLog, type Log } from '../../src/kit/log.ts';
import type { TasksProgram } from '../../src/spec/tasks-program.ts';
import { startTasksApi } from '../../src/tasks/api/start.ts';
import type { TaskView } from '../../src/tasks/task.ts';
import type { TestPostgres } from './postgres.ts';
import { startTasksDatabase, testQueue } from './tasks-database.ts';

export const WORKER_TOKEN = 'the-token-of-workers';

/** The tasks API with a PostgreSQL of its own. */
export interface TestTasksApi {
  readonly postgres: TestPostgres;
  readonly pool: Pool;
  readonly url: string;
  /** Answers of `path`; a body is sent with POST. */
  ask(path: string, init?: RequestInit): Promise<Response>;
  /** Sends a task to the queue `default`. */
  send(init?: RequestInit): Promise<TaskView>;
  close(): Promise<void>;
}

/** Queues `default` (push to `worker`) and `reports` (pull). */
export function testProgram(given: Partial<TasksProgram> = {}): TasksProgram {
  return {
    path: '/tasks',
    queues: {
      default: testQueue(),
      reports: testQueue({ name: 'reports', service: null, delivery: 'pull' }),
    },
    schedules: {},
    callbacks: { hosts: ['hooks.example.org'], privateNetworks: false },
    bodyLimitBytes: 100_000,
    resultLimitBytes: 1_000,
    keepMs: 86_400_000,
    keepFailedMs: 86_400_000,
    perReplica: { worker: 10 },
    ...given,
  };
}

export async function startTestTasksApi(
  t: Pick<TestContext, 'after'>,
  program: TasksProgram = testProgram(),
  log: Log = silentLog,
): Promise<TestTasksApi> {
  const { postgres, pool } = await startTasksDatabase(t);
  const api = await startTasksApi({
    program,
    databaseUrl: postgres.url,
    workerToken: WORKER_TOKEN,
    host: '127.0.0.1',
    port: 0,
    log,
  });
  let closed: Promise<void> | undefined;
  const close = (): Promise<void> => (closed ??= api.close());
  t.after(close);
  const url = `http://127.0.0.1:${api.port}`;
  const ask = (path: string, init: RequestInit = {}): Promise<Response> =>
    fetch(`${url}${path}`, { method: init.body == null ? 'GET' : 'POST', ...init });
  return {
    postgres,
    pool,
    url,
    ask,
    async send(init = {}) {
      const response = await ask('/tasks/default', { method: 'POST', ...init });
      return (await response.json()) as TaskView;
    },
    close,
  };
}
