import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startTestTasksApi } from '../../../test/support/tasks-api.ts';
import { until } from '../../../test/support/until.ts';

async function codeOf(response: Response): Promise<[number, string]> {
  assert.equal(response.headers.get('content-type'), 'application/problem+json');
  return [response.status, ((await response.json()) as { code: string }).code];
}

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
