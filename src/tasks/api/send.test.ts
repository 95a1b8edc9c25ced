import assert from 'node:assert/strict';
import { request } from 'node:http';
import { test } from 'node:test';
import { startTestTasksApi, type TestTasksApi } from '../../../test/support/tasks-api.ts';
import { until } from '../../../test/support/until.ts';
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

test('the same key and request give the same task, another request does not, and not while the first is not committed', async (t) => {
  const api = await startTestTasksApi(t);
  const send = (key: string, body = 'x', headers = {}): Promise<Response> =>
    api.ask('/tasks/default', { body, headers: { 'idempotency-key': key, ...headers } });
  const first = await send('k1');
  const again = await send('"k1"');
  assert.equal(again.status, 202);
  assert.equal(again.headers.get('location'), first.headers.get('location'));
  assert.equal(first.headers.get('idempotency-replayed'), null);
  assert.equal(again.headers.get('idempotency-replayed'), 'true');
  assert.deepEqual(await codeOf(await send('k1', 'y')), [422, 'IDEMPOTENCY_KEY_USED']);
  const other = await send('k1', 'x', { 'x-tidegate-subject': 'ann' });
  assert.notEqual(other.headers.get('location'), first.headers.get('location'));

  // Another program has written a task with the key, and has not committed it.
  const { rows } = await api.pool.query(
    'select idempotency_key as key from tidegate.tasks order by seq limit 1',
  );
  await api.pool.query('delete from tidegate.tasks');
  const client = await api.pool.connect();
  await client.query('begin');
  await client.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [rows[0].key]);
  const early = await send('k1');
  assert.equal(early.headers.get('retry-after'), '1');
  assert.deepEqual(await codeOf(early), [409, 'IDEMPOTENCY_KEY_BUSY']);
  await client.query('rollback');
  client.release();
  assert.equal((await send('k1')).status, 202);

  const many = await Promise.all(Array.from({ length: 20 }, () => send('k2')));
  const statuses = new Set(many.map(({ status }) => status));
  assert.ok([...statuses].every((status) => status === 202 || status === 409));
  const taken = many
    .filter(({ status }) => status === 202)
    .map(({ headers }) => headers.get('location'));
  assert.equal(new Set(taken).size, 1);
});

test('who prefers to wait is answered by the service when it is done by then, else as always', async (t) => {
  const api = await startTestTasksApi(t);
  const sent = api.ask('/tasks/default', {
    body: 'x',
    headers: { prefer: 'respond-async, wait=50' },
  });
  const id = await until('the task is there', async () => {
    const { rows } = await api.pool.query<{ id: string }>('select id from tidegate.tasks');
    return rows[0]?.id;
  });
  await api.pool.query(
    `update tidegate.tasks set state = 'succeeded', finished_at = now(), result_status = 201, result_bytes = 4,
       result_headers = '{"content-type":"text/x","location":"/made","content-length":"9"}', result_body = 'done'`,
  );
  await api.pool.query("select pg_notify('tidegate_ended', $1)", [id]);
  const answer = await sent;
  assert.equal(answer.status, 201);
  assert.equal(answer.headers.get('content-type'), 'text/x');
  assert.equal(answer.headers.get('location'), '/made');
  assert.equal(answer.headers.get('task-id'), id.replaceAll('-', ''));
  assert.equal(answer.headers.get('preference-applied'), 'wait=50');
  assert.equal(await answer.text(), 'done');

  const late = await api.ask('/tasks/default', { body: 'x', headers: { prefer: 'wait=1' } });
  assert.equal(late.status, 202);
  assert.equal(late.headers.get('preference-applied'), 'respond-async, wait=1');
});

test('without its database it answers 503, takes nothing, and goes on by itself', async (t) => {
  const api = await startTestTasksApi(t);
  await api.send({ body: 'x' });
  await api.postgres.kill();
  const refused = await api.ask('/tasks/default', {
    body: 'x',
    headers: { 'idempotency-key': 'k' },
  });
  assert.equal(refused.headers.get('retry-after'), '2');
  assert.deepEqual(await codeOf(refused), [503, 'TASKS_UNREACHABLE']);
  assert.deepEqual(await codeOf(await api.ask('/tasks/default', { body: 'x' })), [
    503,
    'TASKS_UNREACHABLE',
  ]);
  assert.deepEqual(await codeOf(await api.ask(`/tasks/${'0'.repeat(32)}`)), [
    503,
    'TASKS_UNREACHABLE',
  ]);
  assert.equal((await api.ask('/.tidegate/health')).status, 200);
  await api.postgres.start();
  const taken = await until('it is back', async () => {
    const response = await api.ask('/tasks/default', { body: 'x' });
    return response.status === 202;
  });
  assert.ok(taken);
  assert.equal((await api.pool.query('select from tidegate.tasks')).rowCount, 2);
});
