import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  startTestTasksApi,
  WORKER_TOKEN,
  type TestTasksApi,
} from '../../../test/support/tasks-api.ts';
import { until } from '../../../test/support/until.ts';
import type { TaskView } from '../task.ts';

interface Leased {
  readonly id: string;
  readonly lease: string;
  readonly leaseUntil: string;
  readonly attempt: number;
  readonly body: unknown;
  readonly encoding: string;
}

/** What a worker says and is answered. */
async function say(
  api: TestTasksApi,
  path: string,
  body: unknown,
  token = WORKER_TOKEN,
  signal?: AbortSignal,
): Promise<{
  status: number;
  code?: string;
  tasks: Leased[];
  leaseUntil?: string;
  authenticate: string | null;
}> {
  const response = await api.ask(path, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { authorization: `Bearer ${token}` },
    ...(signal ? { signal } : {}),
  });
  const text = await response.text();
  return {
    ...(JSON.parse(text === '' ? '{}' : text) as { tasks: Leased[] }),
    status: response.status,
    authenticate: response.headers.get('www-authenticate'),
  };
}

const send = (api: TestTasksApi, body = '{"n":1}', headers = {}): Promise<Response> =>
  api.ask('/tasks/reports', { body, headers: { 'content-type': 'application/json', ...headers } });

async function leaseOne(api: TestTasksApi): Promise<Leased> {
  const { tasks } = await say(api, '/tasks/reports/lease', {});
  assert.ok(tasks[0]);
  return tasks[0];
}

const show = async (api: TestTasksApi, id: string): Promise<TaskView> =>
  (await (await api.ask(`/tasks/${id}`)).json()) as TaskView;

test('a worker leases a task, keeps it longer, and completes it', async (t) => {
  const api = await startTestTasksApi(t);
  await send(api);
  const { id, lease, leaseUntil, ...task } = await leaseOne(api);
  assert.deepEqual([task.attempt, task.body, task.encoding], [1, { n: 1 }, 'json']);
  assert.deepEqual((await say(api, '/tasks/reports/lease', { max: 5 })).tasks, []);
  const extended = await say(api, `/tasks/${id}/extend`, { lease, for: '1h' });
  assert.ok((extended.leaseUntil ?? '') > leaseUntil);
  const done = { lease, status: 201, headers: { 'X-Kind': 'a' }, body: { ok: true } };
  assert.equal((await say(api, `/tasks/${id}/complete`, done)).status, 204);
  const { state, result } = await show(api, id);
  assert.equal(state, 'succeeded');
  assert.deepEqual(result, {
    status: 201,
    headers: { 'content-type': 'application/json', 'x-kind': 'a' },
    body: { ok: true },
    encoding: 'json',
    bytes: 11,
  });
  const again = await say(api, `/tasks/${id}/complete`, done);
  assert.deepEqual([again.status, again.code], [409, 'LEASE_LOST']);
  const { rows } = await until('it is counted', async () => {
    const found = await api.pool.query(
      'select succeeded::int from tidegate.totals where succeeded > 0',
    );
    return found.rowCount === 1 && found;
  });
  assert.deepEqual(rows, [{ succeeded: 1 }]);
});

test('a failure is tried again or not, as the worker says', async (t) => {
  const api = await startTestTasksApi(t);
  await send(api);
  const first = await leaseOne(api);
  assert.equal(
    (await say(api, `/tasks/${first.id}/fail`, { lease: first.lease, error: 'no luck' })).status,
    204,
  );
  assert.equal((await show(api, first.id)).attempts[0]?.error, 'no luck');
  // The dispatcher does this when it is due.
  await api.pool.query('update tidegate.tasks set not_before = null');
  const second = await leaseOne(api);
  assert.equal(second.attempt, 2);
  await say(api, `/tasks/${second.id}/fail`, { lease: second.lease, error: 'never', retry: false });
  const view = await show(api, second.id);
  assert.deepEqual([view.state, view.error], ['failed', 'never']);
});

test('without the token nobody leases, and nobody leases what is delivered', async (t) => {
  const api = await startTestTasksApi(t);
  const stranger = await say(api, '/tasks/reports/lease', {}, 'guess');
  assert.deepEqual([stranger.status, stranger.code], [401, 'UNAUTHORIZED']);
  assert.match(stranger.authenticate ?? '', /^Bearer/);
  assert.equal((await api.ask('/tasks/reports/lease', { method: 'POST' })).status, 401);
  for (const what of ['extend', 'complete', 'fail'])
    assert.equal((await say(api, `/tasks/${'0'.repeat(32)}/${what}`, {}, 'guess')).status, 401);
  const push = await say(api, '/tasks/default/lease', {});
  assert.deepEqual([push.status, push.code], [409, 'NOT_A_PULL_QUEUE']);
  assert.equal((await say(api, '/tasks/nope/lease', {})).code, 'UNKNOWN_QUEUE');
  const wrong = await say(api, '/tasks/reports/lease', { max: 0, wait: 5, for: 'x', wat: 1 });
  assert.deepEqual([wrong.status, (wrong as { errors?: string[] }).errors?.length], [400, 4]);
  const { status } = await say(api, `/tasks/${'0'.repeat(32)}/extend`, {
    lease: '0'.repeat(32),
    to: 1,
  });
  assert.equal(status, 400);
  const unknown = await say(api, `/tasks/${'0'.repeat(32)}/fail`, { lease: '0'.repeat(32) });
  assert.deepEqual([unknown.status, unknown.code], [404, 'UNKNOWN_TASK']);
});

test('workers that wait each get a task when one comes, and an empty answer when none does', async (t) => {
  const api = await startTestTasksApi(t);
  assert.deepEqual((await say(api, '/tasks/reports/lease', { wait: '10ms' })).tasks, []);
  const waiting = [1, 2].map(() => say(api, '/tasks/reports/lease', { max: 100, wait: '50s' }));
  await send(api);
  const [one] = (await Promise.race(waiting)).tasks;
  await send(api);
  const all = await Promise.all(waiting);
  const ids = all.flatMap(({ tasks }) => tasks.map(({ id }) => id));
  assert.equal(new Set(ids).size, 2);
  assert.ok(one && ids.includes(one.id));
});

test('a worker that has gone while it waited is given nothing', async (t) => {
  const api = await startTestTasksApi(t);
  const leaving = new AbortController();
  const gone = say(api, '/tasks/reports/lease', { wait: '50s' }, WORKER_TOKEN, leaving.signal);
  const staying = say(api, '/tasks/reports/lease', { wait: '50s' });
  leaving.abort();
  await assert.rejects(gone);
  await send(api);
  const [task] = (await staying).tasks;
  assert.equal(task?.attempt, 1);
});

test('a lease that is over is given to another, and what the former holder says is a 409', async (t) => {
  const api = await startTestTasksApi(t);
  await send(api);
  const [first] = (await say(api, '/tasks/reports/lease', { for: '1ms' })).tasks;
  assert.ok(first);
  const [second] = (await say(api, '/tasks/reports/lease', { wait: '50s', for: '1m' })).tasks;
  assert.deepEqual([second?.id, second?.attempt], [first.id, 2]);
  for (const what of ['extend', 'complete', 'fail']) {
    const late = await say(api, `/tasks/${first.id}/${what}`, { lease: first.lease });
    assert.deepEqual([late.status, late.code], [409, 'LEASE_LOST']);
  }
});
