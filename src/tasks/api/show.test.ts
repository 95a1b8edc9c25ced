import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startTestTasksApi, type TestTasksApi } from '../../../test/support/tasks-api.ts';
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
