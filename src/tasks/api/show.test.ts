import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startTestTasksApi, type TestTasksApi } from '../../../test/support/tasks-api.ts';
import { until } from '../../../test/support/until.ts';
import { cancelTask } from '../store/cancel.ts';
import type { TaskView } from '../task.ts';

async function succeed(
  { pool }: TestTasksApi,
  id: string,
  body: string | null,
  bytes: number,
): Promise<void> {
  await pool.query(
    `update tidegate.tasks set state = 'succeeded', finished_at = now(), result_status = 200, result_body = $2,
       result_bytes = $3, result_headers = '{"content-type":"application/json","connection":"close"}' where id = $1`,
    [id, body, bytes],
  );
}

const listeners = async ({ pool }: TestTasksApi): Promise<number | null> =>
  (await pool.query("select from pg_stat_activity where query = 'listen tidegate_sent'")).rowCount;

test('a task is shown to whoever sent it, and to nobody else', async (t) => {
  const api = await startTestTasksApi(t);
  const ann = { 'x-tidegate-subject': 'ann', 'x-tidegate-issuer': 'main' };
  const { id } = await api.send({ body: 'x', headers: ann });
  const status = async (path: string, headers = {}): Promise<number> =>
    (await api.ask(path, { headers })).status;
  assert.equal(await status(`/tasks/${id}`, ann), 200);
  for (const path of [`/tasks/${id}`, `/tasks/${id}?wait=1`, `/tasks/${id}/result`]) {
    assert.equal(await status(path), 404);
    assert.equal(await status(path, { ...ann, 'x-tidegate-subject': 'bob' }), 404);
    // The same name, vouched for by another.
    assert.equal(await status(path, { ...ann, 'x-tidegate-issuer': 'other' }), 404);
  }
  assert.equal(await status(`/tasks/${id}`, { accept: 'text/event-stream' }), 404);
  for (const unknown of ['0'.repeat(32), 'x', `${id}0`, "a'b", id.toUpperCase()])
    assert.equal(await status(`/tasks/${unknown}`), 404);
  assert.equal(await status(`/tasks/${id}?wait=soon`, ann), 400);
});

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
  await succeed(api, id, '{}', 2);
  assert.equal(((await (await waiting).json()) as TaskView).state, 'succeeded');
});

test('a result is shown as what was kept, never as a page of this site, and one that cannot be written ends nothing', async (t) => {
  const api = await startTestTasksApi(t);
  const { id } = await api.send({ body: 'x' });
  const body = '<script>alert(1)</script>';
  await succeed(api, id, body, body.length);
  const store = (headers: object): Promise<unknown> =>
    api.pool.query('update tidegate.tasks set result_headers = $2 where id = $1', [
      id,
      JSON.stringify(headers),
    ]);
  await store({
    'content-type': 'text/html',
    'content-security-policy': 'default-src *',
    'cache-control': 'public, max-age=999',
    'set-cookie': 'session=1',
    'x-mine': 'kept',
  });
  const { status, headers } = await api.ask(`/tasks/${id}/result`);
  assert.equal(status, 200);
  assert.equal(headers.get('content-security-policy'), "sandbox; default-src 'none'");
  assert.equal(headers.get('x-content-type-options'), 'nosniff');
  assert.equal(headers.get('cache-control'), 'no-store');
  assert.equal(headers.get('set-cookie'), null);
  assert.equal(headers.get('x-mine'), 'kept');

  await store({ 'x-mine': 'a\u0001b' });
  assert.equal((await api.ask(`/tasks/${id}/result`)).status, 500);
  assert.equal((await api.ask(`/tasks/${id}`)).status, 200);
});

test('the result is what the service answered, once it has ended', async (t) => {
  const api = await startTestTasksApi(t);
  const { id } = await api.send({ body: 'x' });
  const result = (): Promise<Response> => api.ask(`/tasks/${id}/result`);
  const codeOf = async (response: Response): Promise<string> =>
    ((await response.json()) as { code: string }).code;
  assert.equal(await codeOf(await result()), 'NO_RESULT');
  await succeed(api, id, '{"a":1}', 7);
  const answer = await result();
  assert.equal(answer.headers.get('content-type'), 'application/json');
  assert.equal(await answer.text(), '{"a":1}');
  const view = (await (await api.ask(`/tasks/${id}`)).json()) as TaskView;
  assert.deepEqual(view.result?.body, { a: 1 });
  await succeed(api, id, null, 5_000_000);
  const cut = await result();
  assert.equal(cut.status, 404);
  assert.equal(await codeOf(cut), 'RESULT_NOT_KEPT');
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

test('who wants to cancel here is told where that is done', async (t) => {
  const api = await startTestTasksApi(t);
  const { id } = await api.send({ body: 'x' });
  for (const [method, path] of [
    ['DELETE', `/tasks/${id}`],
    ['POST', `/tasks/${id}/cancel`],
  ] as const) {
    const response = await api.ask(path, { method });
    assert.equal(response.status, 405);
    const { detail } = (await response.json()) as { detail: string };
    assert.match(detail, /`tidegate task cancel ID`.*\/api\/v1\/tasks\/ID\/cancel/);
    assert.notEqual(response.headers.get('allow'), null);
  }
});

test('one task is shown with what it carries; events are not', async (t) => {
  const api = await startTestTasksApi(t);
  const headers = { 'content-type': 'application/json', 'x-mine': '1' };
  const sent = await api.send({ body: '{"to":7}', headers });
  assert.equal(sent.request, undefined);
  const request = {
    headers: { 'content-type': 'application/json' },
    body: { to: 7 },
    encoding: 'json',
    bytes: 8,
  };
  for (const query of ['', '?wait=1ms']) {
    const view = (await (await api.ask(`/tasks/${sent.id}${query}`)).json()) as TaskView;
    assert.deepEqual(view.request, request);
  }
  await cancelTask(api.pool, sent.id);
  const events = await api.ask(`/tasks/${sent.id}`, { headers: { accept: 'text/event-stream' } });
  assert.doesNotMatch(await events.text(), /"request"/);
});
