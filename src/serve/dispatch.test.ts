import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { fakeListener } from '../../test/support/deliveries.ts';
import { freePort } from '../../test/support/ports.ts';
import { testQueue } from '../../test/support/tasks-database.ts';
import { tasksStore } from '../../test/support/tasks-store.ts';
import { until } from '../../test/support/until.ts';
import { TASKS_VARIABLES, type TasksProgram } from '../spec/tasks-program.ts';

const PROGRAM: TasksProgram = {
  path: '/tasks',
  queues: { mail: testQueue({ name: 'mail' }) },
  schedules: {},
  callbacks: { hosts: [], privateNetworks: false },
  bodyLimitBytes: 1 << 20,
  resultLimitBytes: 1000,
  keepMs: 3_600_000,
  keepFailedMs: 3_600_000,
  perReplica: { worker: 4 },
};

async function startProgram(
  t: TestContext,
  databaseUrl: string,
  socketPath: string,
): Promise<ChildProcess> {
  const env = {
    ...process.env,
    HOST: '127.0.0.1',
    PORT: `${await freePort()}`,
    TIDEGATE_TASKS: JSON.stringify(PROGRAM),
    [TASKS_VARIABLES.databaseUrl]: databaseUrl,
    [TASKS_VARIABLES.deliverySocket]: socketPath,
  };
  const program = join(import.meta.dirname, 'dispatch.ts');
  const child = spawn(process.execPath, [program], { env, stdio: 'ignore' });
  t.after(() => child.kill('SIGKILL'));
  return child;
}

async function isStopped({ pid }: ChildProcess): Promise<boolean> {
  return / \(.*\) T /.test(await readFile(`/proc/${pid}/stat`, 'utf8'));
}

test('one that was paused while another took over delivers and finishes nothing of what was given away', async (t) => {
  const { db, put, row, postgres } = await tasksStore(t);
  const held: ServerResponse[] = [];
  let answered = 0;
  const delivered: { readonly id: string; readonly attempt: string }[] = [];
  const gateway = await fakeListener(t, (request, response) => {
    const [id, attempt] = [request.headers['task-id'], request.headers['task-attempt']].map(String);
    delivered.push({ id: id as string, attempt: attempt as string });
    if (++answered <= 100 || held.length === 4) return void response.end(`attempt ${attempt}`);
    held.push(response);
    // At the moment when there are tasks under way and, as a rule, others that were claimed ahead.
    if (held.length === 4) first.kill('SIGSTOP');
  });
  gateway.replicas = { worker: 1 };
  for (let n = 0; n < 130; n++) await put('mail');
  const first = await startProgram(t, postgres.url, gateway.socketPath);
  await until('it is paused with four under way', () => held.length === 4);
  // What it had sent before it stood still PostgreSQL still carries out: results of the first attempt, rightly kept.
  let busyBefore = true;
  await until('all it had sent is done', async () => {
    const { rows: busy } = await db.query(
      "select from pg_stat_activity where backend_type = 'client backend' and state <> 'idle' and pid <> pg_backend_pid()",
    );
    const settled = (await isStopped(first)) && busy.length === 0;
    const twice = settled && !busyBefore;
    busyBefore = !settled;
    return twice;
  });
  const { rows } = await db.query<{ id: string }>(
    "select replace(id::text, '-', '') as id from tidegate.tasks where state = 'running'",
  );
  const early = new Set(delivered.map(({ id }) => id));
  const ahead = rows.filter(({ id }) => !early.has(id));

  const second = await startProgram(t, postgres.url, gateway.socketPath);
  await until(
    'the other has delivered all',
    async () => {
      const { rowCount } = await db.query("select from tidegate.tasks where state = 'succeeded'");
      return rowCount === 130;
    },
    60_000,
  );
  for (const response of held) response.end('late');
  first.kill('SIGCONT');
  second.kill('SIGTERM');
  const next = await put('mail');
  await until('the first delivers again', async () => (await row(next))['state'] === 'succeeded');

  const times = Map.groupBy(delivered, ({ id }) => id);
  for (const { id } of ahead)
    assert.deepEqual(
      times.get(id)?.map(({ attempt }) => attempt),
      ['2'],
    );
  // Also of those whose results the first had not written down yet.
  const { rows: given } = await db.query<{ body: string; attempt: number }>(
    "select convert_from(result_body, 'UTF8') as body, attempt from tidegate.tasks where id = any ($1)",
    [rows.map(({ id }) => id)],
  );
  assert.ok(given.length >= 4 + ahead.length);
  for (const each of given) assert.deepEqual(each, { body: 'attempt 2', attempt: 2 });
});
