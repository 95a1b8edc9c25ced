import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TaskView } from '../../src/tasks/task.ts';
import { bearer, chunked, startTasksProject, type Echo } from '../support/tasks-project.ts';
import { until } from '../support/until.ts';

const RESPOND_ASYNC = { prefer: 'respond-async' };
const says = (...first: readonly unknown[]): string => JSON.stringify({ first });
const echoOf = ({ result }: TaskView): Echo => result?.body as Echo;

/** One project for all of it: a start takes longer than everything here together. */
test('tasks, from the request to the worker and back', async (t) => {
  const world = await startTasksProject(t);
  const { project, admin, ask, send, ended } = world;

  await t.test('what cannot be taken is refused, and nothing of it is written', async () => {
    const refusal = async (path: string, init: RequestInit): Promise<unknown> => {
      const response = await ask(path, { method: 'POST', ...init });
      const { code } = (await response.json()) as { code?: string };
      return code === undefined ? response.status : [response.status, code];
    };
    const large = 'x'.repeat(70_000);
    const task = { headers: RESPOND_ASYNC };
    assert.deepEqual(await refusal('/tasks/none', { body: 'x' }), [404, 'UNKNOWN_QUEUE']);
    assert.equal(await refusal('/tasks/default', { body: large }), 413);
    const tooLarge = [413, 'BODY_TOO_LARGE'];
    assert.deepEqual(await refusal('/tasks/default', chunked(72_000)), tooLarge);
    assert.equal(await refusal('/api/x', { ...task, body: large }), 413);
    assert.deepEqual(await refusal('/api/x', { ...task, ...chunked(40_000) }), tooLarge);
    const wrong = { body: 'x', headers: { 'task-delay': 'soon', 'task-retires': '1' } };
    assert.deepEqual(await refusal('/tasks/default', wrong), [400, 'BAD_REQUEST']);
    const forged = { authorization: `${bearer().authorization}x` };
    assert.equal(await refusal('/tasks/default', { body: 'x', headers: forged }), 401);
    assert.equal(await refusal('/tasks/default', { headers: { authorization: '' } }), 401);
    assert.equal(await refusal('/tasks/default', { headers: bearer('ann', 'other') }), 401);
    const worker = { headers: bearer(), body: '{}' };
    assert.deepEqual(await refusal('/tasks/reports/lease', worker), [401, 'UNAUTHORIZED']);
    assert.deepEqual(await admin.tasks(), []);
  });

  await t.test(
    'a request is delivered later as it was sent, with who sent it and no credentials',
    async () => {
      const headers = {
        ...RESPOND_ASYNC,
        cookie: 'session=1',
        'task-subject': 'root',
        'x-tidegate-subject': 'root',
        'x-user-id': 'root',
        'x-mine': 'kept',
        'content-type': 'text/plain',
      };
      const init = { method: 'PUT', body: 'work', headers };
      const { id } = await send('/api/orders/7?a=%20b', init);
      const task = await ended(id);
      assert.equal(task.state, 'succeeded');
      const echo = echoOf(task);
      assert.deepEqual([echo.method, echo.url], ['PUT', '/api/orders/7?a=%20b']);
      const of = (name: string): string | undefined => echo.headers[name];
      assert.deepEqual([of('task-id'), of('task-attempt'), of('task-queue')], [id, '1', 'default']);
      assert.deepEqual([of('task-subject'), of('x-user-id')], ['ann', 'ann']);
      assert.deepEqual([of('x-mine'), of('content-type')], ['kept', 'text/plain']);
      assert.equal(of('host'), new URL(project.gatewayUrl).host);
      const gone = ['authorization', 'cookie', 'prefer'];
      const names = Object.keys(echo.headers);
      assert.deepEqual(
        names.filter((name) => gone.includes(name) || name.startsWith('x-tidegate')),
        [],
      );

      // As many headers as are taken can be delivered, too.
      const many = { ...RESPOND_ASYNC, 'x-many': 'x'.repeat(13_000) };
      const full = await ended((await send('/api/many', { headers: many })).id);
      assert.equal(full.state, 'succeeded', full.error ?? '');
      const tooMany = { ...RESPOND_ASYNC, 'x-many': 'x'.repeat(14_100) };
      assert.equal((await ask('/api/many', { headers: tooMany })).status, 431);

      // Without the header the same address answers at once.
      const { prefer: _, ...plain } = headers;
      const atOnce = await ask('/api/orders/7', { ...init, headers: plain });
      assert.equal(((await atOnce.json()) as Echo).headers['task-id'], undefined);

      // It is shown to nobody else: neither another subject, nor one of the same name that another vouches for.
      assert.equal((await ask(`/tasks/${id}`, { headers: bearer('bob') })).status, 404);
      const others = { ...RESPOND_ASYNC, ...bearer('ann', 'other') };
      const foreign = await send('/other/x', { headers: others });
      assert.equal((await ask(`/tasks/${foreign.id}`)).status, 404);
    },
  );

  await t.test('who waits is answered by the worker, and a key is taken once', async () => {
    const headers = { prefer: 'wait=20', 'idempotency-key': 'k1' };
    const first = await ask('/tasks/default', { body: 'x', headers });
    assert.deepEqual([first.status, first.headers.get('set-cookie')], [200, null]);
    const id = first.headers.get('task-id') ?? '';
    assert.equal(((await first.json()) as Echo).headers['task-id'], id);
    const again = await ask('/tasks/default', { body: 'x', headers: { 'idempotency-key': 'k1' } });
    assert.deepEqual([again.status, again.headers.get('location')], [202, `/tasks/${id}`]);
    assert.equal(again.headers.get('idempotency-replayed'), 'true');
    const other = { body: 'y', headers: { 'idempotency-key': 'k1' } };
    assert.equal((await ask('/tasks/default', other)).status, 422);
    const bobs = { body: 'y', headers: { ...bearer('bob'), 'idempotency-key': 'k1' } };
    assert.notEqual((await send('/tasks/default', bobs)).id, id);
    const result = await ask(`/tasks/${id}/result`);
    assert.match(result.headers.get('content-security-policy') ?? '', /^sandbox/);
  });

  await t.test(
    'what fails is tried again, later where it asks for that, and not where that is no use',
    async () => {
      const run = async (...first: number[]): Promise<TaskView> =>
        ended((await send('/tasks/default', { body: says(...first) })).id);
      const seen = ({ state, attempt, attempts }: TaskView): unknown => [
        state,
        attempt,
        attempts.map(({ outcome, status }) => `${outcome} ${status}`),
      ];
      const [flaky, later, refused, hopeless] = await Promise.all([
        run(500),
        run(429),
        run(422),
        run(500, 502, 503, 500),
      ]);
      assert.deepEqual(seen(flaky), ['succeeded', 2, ['failed 500']]);
      assert.deepEqual(seen(later), ['succeeded', 2, ['postponed 429']]);
      const began = Date.parse(later.startedAt ?? '');
      assert.ok(began - Date.parse(later.attempts[0]?.endedAt ?? '') >= 990, 'a second later');
      assert.deepEqual(seen(refused), ['failed', 1, ['failed 422']]);
      assert.deepEqual(seen(hopeless), ['failed', 3, ['failed 500', 'failed 502', 'failed 503']]);
      const failed = await project.json<{ tasks: TaskView[] }>('task', 'list', '--state', 'failed');
      const ids = failed.tasks.map(({ id }) => id);
      assert.deepEqual(new Set(ids), new Set([refused.id, hopeless.id]));

      await admin.retryTask(hopeless.id);
      await until(
        'its retries have gone well',
        async () => (await admin.task(hopeless.id)).state === 'succeeded',
      );
      const stuck = await send('/tasks/default', { body: says('never') });
      await until('it is under way', async () => (await admin.task(stuck.id)).state === 'running');
      await admin.cancelTask(stuck.id);
      assert.equal((await ended(stuck.id)).state, 'cancelled');
    },
  );

  await t.test('a worker fetches over the gateway with its token', async () => {
    const token = readFileSync(join(project.folder, '.tidegate/worker-token'), 'utf8').trim();
    const say = async (path: string, body: object): Promise<Response> =>
      ask(`/tasks/${path}`, {
        body: JSON.stringify(body),
        headers: { authorization: `Bearer ${token}` },
      });
    const leasing = say('reports/lease', { wait: '20s' });
    const { id } = await send('/tasks/reports', { body: 'report' });
    const { tasks } = (await (await leasing).json()) as {
      tasks: { id: string; lease: string; subject: string; body: string }[];
    };
    const [leased] = tasks;
    assert.deepEqual([leased?.id, leased?.subject, leased?.body], [id, 'ann', 'report']);
    const stolen = await say(`${id}/complete`, { lease: '0'.repeat(32) });
    assert.equal(stolen.status, 409);
    assert.equal((await say(`${id}/complete`, { lease: leased?.lease, body: [1] })).status, 204);
    assert.deepEqual((await ended(id)).result?.body, [1]);
    // The token is for that alone.
    assert.equal(
      (await ask(`/tasks/${id}`, { headers: { authorization: `Bearer ${token}` } })).status,
      401,
    );
  });

  await t.test('without PostgreSQL nothing is taken, and it goes on by itself', async () => {
    const pid = (await project.status()).databases[0]?.pid;
    assert.ok(pid);
    process.kill(pid, 'SIGKILL');
    const key = (index: number): Record<string, string> => ({ 'idempotency-key': `away-${index}` });
    let tried = 0;
    let killed = pid;
    const refused = await until('a send is refused', async () => {
      // One that was back before anybody asked goes again.
      const { databases } = await admin.status();
      const now = databases[0]?.pid ?? null;
      if (now !== null && now !== killed) process.kill((killed = now), 'SIGKILL');
      const response = await ask('/tasks/default', { body: 'away', headers: key(++tried) });
      return response.status === 503 && response;
    });
    assert.match(refused.headers.get('retry-after') ?? '', /^\d+$/);
    assert.equal(((await refused.json()) as { code: string }).code, 'TASKS_UNREACHABLE');
    await until('it is taken again', async () => {
      const response = await ask('/tasks/default', { body: 'away', headers: key(tried) });
      return response.status === 202;
    });
    const { id } = await send('/tasks/default', { body: 'away', headers: key(tried) });
    assert.equal((await ended(id)).state, 'succeeded');
    const all = await admin.tasks({ limit: 1000 });
    assert.equal(new Set(all.map((task) => task.id)).size, all.length);
    assert.notEqual((await project.status()).databases[0]?.pid, pid);
  });
});
