import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startTestTasksApi, type TestTasksApi } from '../../../test/support/tasks-api.ts';
import { until } from '../../../test/support/until.ts';
import { cancelTask } from '../store/cancel.ts';
import type { TaskView } from '../task.ts';

const listeners = async ({ pool }: TestTasksApi): Promise<number | null> =>
  (await pool.query("select from pg_stat_activity where query = 'listen tidegate_sent'")).rowCount;

test('who waits is told when the task has ended, or what is known when the time is over', async (t) => {
  const api = await startTestTasksApi(t);
  const { id } = await api.send({ body: 'x' });
  const early = (await (await api.ask(`/tasks/${id}?wait=50ms`)).json()) as TaskView;
  assert.equal(early.state, 'queued');
  const waiting = Promise.all([1, 2].map(() => api.ask(`/tasks/${id}?wait=50s`)));
  await cancelTask(api.pool, id);
  for (const response of await waiting)
    assert.equal(((await response.json()) as TaskView).state, 'cancelled');
});

test('who waits is told although nobody told of it', async (t) => {
  const api = await startTestTasksApi(t);
  const { id } = await api.send({ body: 'x' });
  const waiting = api.ask(`/tasks/${id}?wait=50s`);
  await api.pool.query(
    "update tidegate.tasks set state = 'succeeded', finished_at = now(), result_status = 200, result_bytes = 0",
  );
  assert.equal(((await (await waiting).json()) as TaskView).state, 'succeeded');
});

test('every change is an event, the last one when the task has ended', async (t) => {
  const api = await startTestTasksApi(t);
  const { id } = await api.send({ body: 'x' });
  const response = await api.ask(`/tasks/${id}`, { headers: { accept: 'text/event-stream' } });
  assert.equal(response.headers.get('content-type'), 'text/event-stream');
  const states: string[] = [];
  for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    for (const [, data = ''] of chunk.matchAll(/^event: task\ndata: (.*)\n\n/gm)) {
      const { state } = JSON.parse(data) as TaskView;
      states.push(state);
      if (state === 'queued')
        await api.pool.query(
          "update tidegate.tasks set state = 'running', attempt = 1, started_at = now()",
        );
      if (state === 'running') await cancelTask(api.pool, id);
    }
  }
  assert.deepEqual(states, ['queued', 'running', 'cancelled']);
});

test('when it ends, who waits is told what is known, and streams end', async (t) => {
  const api = await startTestTasksApi(t);
  const { id } = await api.send({ body: 'x' });
  const stream = await api.ask(`/tasks/${id}`, { headers: { accept: 'text/event-stream' } });
  const waits = [
    api.ask(`/tasks/${id}?wait=50s`),
    api.ask('/tasks/default', { body: 'y', headers: { prefer: 'wait=50' } }),
  ];
  await until('both have come', async () => {
    const { rows } = await api.pool.query('select count(*)::int as tasks from tidegate.tasks');
    return rows[0].tasks === 2;
  });
  await api.close();
  const [shown, sent] = await Promise.all(waits);
  assert.equal(shown?.status, 200);
  assert.equal(sent?.status, 202);
  assert.match(await stream.text(), /event: task/);
  await assert.rejects(api.ask('/.tidegate/health'));
});

test('the wait outlives the connection that listens', async (t) => {
  const api = await startTestTasksApi(t);
  const { id } = await api.send({ body: 'x' });
  await until('it listens', async () => (await listeners(api)) === 1);
  await api.pool.query(
    "select pg_terminate_backend(pid) from pg_stat_activity where query = 'listen tidegate_sent'",
  );
  const waiting = api.ask(`/tasks/${id}?wait=50s`);
  await until('it listens again', async () => (await listeners(api)) === 1);
  await cancelTask(api.pool, id);
  assert.equal(((await (await waiting).json()) as TaskView).state, 'cancelled');
});
