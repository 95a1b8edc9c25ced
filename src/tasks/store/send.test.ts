import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startTasksDatabase, testQueue } from '../../../test/support/tasks-database.ts';
import { newTask } from '../new-task.ts';
import { cancelTask } from './cancel.ts';
import { listTasks } from './list.ts';
import { retryTask } from './retry.ts';
import { sendTasks } from './send.ts';
import { readTask, showTask } from './show.ts';

const queue = testQueue();
const json = { 'content-type': 'application/json' };

test('what is sent is shown as it was answered, with its own body, headers and sender', async (t) => {
  const { pool } = await startTasksDatabase(t);
  const tasks = [
    newTask(queue, {
      headers: json,
      body: Buffer.from('{"a":1}'),
      sender: { subject: 'ann', issuer: 'main' },
    }),
    newTask(queue, { headers: {}, body: Buffer.alloc(0) }),
    newTask(
      queue,
      { target: { method: 'PUT', path: '/x?y="é\\' }, headers: {}, body: Buffer.from([0, 255, 7]) },
      { delayMs: 60_000, priority: -7, retries: 0, timeoutMs: 5, callback: 'https://a.example/b' },
    ),
  ];
  const views = await sendTasks(pool, tasks);
  assert.equal(views.length, 3);
  for (const view of views) assert.deepEqual(await showTask(pool, view.id), view);
  assert.ok(views[2]?.notBefore);
  const { rows } = await pool.query(
    'select body, headers, identity from tidegate.tasks order by seq',
  );
  assert.deepEqual(rows[0], {
    body: Buffer.from('{"a":1}'),
    headers: json,
    identity: { subject: 'ann', issuer: 'main' },
  });
  assert.deepEqual(rows[1], { body: null, headers: {}, identity: null });
  assert.deepEqual(rows[2].body, Buffer.from([0, 255, 7]));
});

test('whoever listens is told of the queues of what was sent', async (t) => {
  const { pool } = await startTasksDatabase(t);
  const client = await pool.connect();
  const told: (string | undefined)[] = [];
  client.on('notification', ({ payload }) => told.push(payload));
  await client.query('listen tidegate_sent');
  const bodyless = { headers: {}, body: Buffer.alloc(0) };
  const other = testQueue({ name: 'other' });
  await sendTasks(pool, [
    newTask(queue, bodyless),
    newTask(other, bodyless),
    newTask(queue, bodyless),
  ]);
  await client.query('select 1');
  client.release();
  assert.deepEqual(told, ['default,other']);
});

test('tasks are listed by queue and state, cancelled once, and tried again when they have ended', async (t) => {
  const { pool } = await startTasksDatabase(t);
  const send = async (name: string): Promise<string> => {
    const task = newTask(
      testQueue({ name }),
      { headers: {}, body: Buffer.alloc(0) },
      { callback: 'https://a.example/' },
    );
    await sendTasks(pool, [task]);
    return task.id;
  };
  const [a, b, c] = [await send('one'), await send('one'), await send('two')];
  const ids = async (filter: Parameters<typeof listTasks>[1]): Promise<readonly string[]> =>
    (await listTasks(pool, filter)).map(({ id }) => id);
  assert.deepEqual(await ids({}), [c, b, a]);
  assert.deepEqual(await ids({ queue: 'one', limit: 1 }), [b]);

  const cancelled = await cancelTask(pool, a);
  assert.equal(cancelled.state, 'cancelled');
  assert.ok(cancelled.finishedAt);
  assert.equal(
    (await pool.query('select from tidegate.callbacks where task = $1', [a])).rowCount,
    1,
  );
  await assert.rejects(cancelTask(pool, a), { code: 'TASK_ENDED' });
  assert.deepEqual(await ids({ state: 'cancelled' }), [a]);
  assert.deepEqual(await ids({ state: 'queued' }), [c, b]);

  const again = await retryTask(pool, a);
  assert.equal(again.state, 'queued');
  assert.equal(again.finishedAt, null);
  assert.equal((await pool.query('select from tidegate.callbacks')).rowCount, 0);
  await assert.rejects(retryTask(pool, a), { code: 'TASK_NOT_ENDED' });

  const nobody = 'f'.repeat(32);
  await assert.rejects(retryTask(pool, nobody), { code: 'UNKNOWN_TASK' });
  await assert.rejects(cancelTask(pool, nobody), { code: 'UNKNOWN_TASK' });
  await assert.rejects(readTask(pool, "x'"), { code: 'UNKNOWN_TASK' });
});
