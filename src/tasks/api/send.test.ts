import assert from 'node:assert/strict';
import { request } from 'node:http';
import { test } from 'node:test';
import { startTestTasksApi, type TestTasksApi } from '../../../test/support/tasks-api.ts';
import type { TaskView } from '../task.ts';

const json = { 'content-type': 'application/json' };

/** What is delivered, as it stands in the books. */
async function kept({ pool }: TestTasksApi, id: string) {
  const { rows } = await pool.query(
    'select method, path, headers, body, identity, retries, timeout_ms, callback from tidegate.tasks where id = $1',
    [id],
  );
  return rows[0] as Record<string, unknown>;
}

async function codeOf(response: Response): Promise<[number, string]> {
  assert.equal(response.headers.get('content-type'), 'application/problem+json');
  return [response.status, ((await response.json()) as { code: string }).code];
}

test('a body sent to a queue becomes a task of it, whatever the body is', async (t) => {
  const api = await startTestTasksApi(t);
  const body = '{"type":"resize"}';
  const response = await api.ask('/tasks/default', {
    body,
    headers: {
      ...json,
      authorization: 'Bearer a',
      cookie: 'b=c',
      'x-mine': 'kept',
      'task-retries': '1',
    },
  });
  assert.equal(response.status, 202);
  assert.equal(response.headers.get('preference-applied'), 'respond-async');
  const view = (await response.json()) as TaskView;
  assert.match(view.id, /^[0-9a-f]{32}$/);
  assert.equal(response.headers.get('location'), `/tasks/${view.id}`);
  assert.deepEqual(
    [view.queue, view.state, view.attempt, view.retries],
    ['default', 'queued', 0, 1],
  );
  const { request: _, ...shown } = (await (await api.ask(`/tasks/${view.id}`)).json()) as TaskView;
  assert.deepEqual(shown, view);

  const row = await kept(api, view.id);
  const { headers } = row as { headers: Record<string, string> };
  assert.deepEqual([row['method'], row['path'], row['body']], ['POST', '/run', Buffer.from(body)]);
  assert.equal(headers['x-mine'], 'kept');
  assert.equal(headers['content-type'], 'application/json');
  for (const name of [
    'authorization',
    'cookie',
    'host',
    'task-retries',
    'connection',
    'content-length',
  ])
    assert.equal(headers[name], undefined, name);

  const binary = Buffer.from([0, 1, 255]);
  assert.deepEqual((await kept(api, (await api.send({ body: binary })).id))['body'], binary);
  assert.equal((await kept(api, (await api.send()).id))['body'], null);
});

test('a request of an async route is kept whole: method, path, query, headers, body and who sent it', async (t) => {
  const api = await startTestTasksApi(t);
  const response = await api.ask('/orders/7?x=1%20y', {
    method: 'PUT',
    body: 'hello',
    headers: {
      'x-tidegate-queue': 'default',
      'x-tidegate-subject': 'ann',
      'x-tidegate-issuer': 'main',
      'x-tidegate-other': '1',
      'proxy-thing': '1',
      prefer: 'respond-async',
      'content-type': 'text/plain',
    },
  });
  assert.equal(response.status, 202);
  const row = await kept(api, ((await response.json()) as TaskView).id);
  const { headers } = row as { headers: Record<string, string> };
  assert.deepEqual(
    [row['method'], row['path'], row['identity']],
    ['PUT', '/orders/7?x=1%20y', { subject: 'ann', issuer: 'main' }],
  );
  assert.equal(headers['content-type'], 'text/plain');
  assert.equal(headers['host'], new URL(api.url).host);
  for (const name of [
    'x-tidegate-queue',
    'x-tidegate-subject',
    'x-tidegate-other',
    'proxy-thing',
    'prefer',
  ])
    assert.equal(headers[name], undefined, name);
  const unknown = await api.ask('/orders', { headers: { 'x-tidegate-queue': 'gone' } });
  assert.deepEqual(await codeOf(unknown), [503, 'TASKS_STARTING']);
});

test('what is wrong is said, all of it at once, and nothing is taken', async (t) => {
  const api = await startTestTasksApi(t);
  assert.deepEqual(await codeOf(await api.ask('/tasks/nope', { body: 'x' })), [
    404,
    'UNKNOWN_QUEUE',
  ]);
  assert.deepEqual(await codeOf(await api.ask('/tasks/constructor', { body: 'x' })), [
    404,
    'UNKNOWN_QUEUE',
  ]);
  assert.deepEqual(await codeOf(await api.ask('/tasks/a/b/c', { body: 'x' })), [404, 'NOT_FOUND']);
  assert.deepEqual(await codeOf(await api.ask('/tasks/default', { method: 'DELETE' })), [
    405,
    'METHOD_NOT_ALLOWED',
  ]);
  const response = await api.ask('/tasks/default', {
    body: 'x',
    headers: {
      'task-delay': 'soon',
      'task-priority': '101',
      'task-callback': 'http://hooks.example.org/',
      'task-colour': 'red',
      'idempotency-key': 'a b',
    },
  });
  assert.equal(response.status, 400);
  const { errors } = (await response.json()) as { errors: string[] };
  assert.deepEqual(
    errors.map((each) => each.split(/[ :]/, 1)[0] ?? '').toSorted((a, b) => a.localeCompare(b)),
    ['Idempotency-Key', 'Task-Callback', 'Task-Colour', 'Task-Delay', 'Task-Priority'],
  );
  assert.equal((await api.pool.query('select from tidegate.tasks')).rowCount, 0);
});

test('a body above the limit is refused, whether its length is announced or not', async (t) => {
  const api = await startTestTasksApi(t);
  const large = 'x'.repeat(100_001);
  assert.deepEqual(await codeOf(await api.ask('/tasks/default', { body: large })), [
    413,
    'BODY_TOO_LARGE',
  ]);
  const status = await new Promise((resolve, reject) => {
    const chunked = request(`${api.url}/tasks/default`, { method: 'POST' }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    chunked.on('error', reject);
    chunked.write(large.slice(0, 50_000));
    chunked.write(large.slice(0, 50_001));
  });
  assert.equal(status, 413);
  assert.equal((await api.send({ body: large.slice(1) })).state, 'queued');
});
