import assert from 'node:assert/strict';
import { test } from 'node:test';
import { taskView } from '../../../test/support/fake-tasks.ts';
import { BEARER, startFakeWeb } from '../../../test/support/fake-web.ts';
import { noTasks } from '../../control/errors.ts';
import { tasksUnreachable } from '../../tasks/errors.ts';

const ID = taskView().id;
const PATH = '/api/v1/tasks';

test('tasks are sent, listed, shown, tried again and cancelled through the client', async (t) => {
  const { client, control } = await startFakeWeb(t);
  const sent = await client.sendTask({ queue: 'default', body: { a: 1 }, delayMs: 5, retries: 0 });
  assert.equal(sent.id, ID);
  assert.deepEqual(control.tasks.sent[0], {
    queue: 'default',
    body: Buffer.from('{"a":1}'),
    contentType: 'application/json',
    delayMs: 5,
    retries: 0,
  });
  assert.equal((await client.task(ID)).queue, 'default');
  assert.deepEqual(
    (await client.tasks({ queue: 'default', state: 'failed', limit: 7 })).map(({ id }) => id),
    [ID],
  );
  await client.tasks();
  assert.deepEqual(control.tasks.filters, [{ queue: 'default', state: 'failed', limit: 7 }, {}]);
  assert.equal((await client.cancelTask(ID)).state, 'cancelled');
  await assert.rejects(client.retryTask(ID), { code: 'TASK_NOT_ENDED' });
  control.tasks.known = [taskView({ state: 'failed' })];
  assert.equal((await client.retryTask(ID)).state, 'queued');
  await assert.rejects(client.cancelTask(ID), { code: 'TASK_ENDED' });
  await assert.rejects(client.task('f'.repeat(32)), { code: 'UNKNOWN_TASK' });
});

test('a body is any JSON, or anything in base64, and none is none', async (t) => {
  const { ask, control } = await startFakeWeb(t);
  const send = (body: object) => ask(PATH, { method: 'POST', headers: BEARER, body });
  const answer = await send({ queue: 'a', body: null });
  assert.equal(answer.status, 201);
  assert.equal(answer.headers.location, `${PATH}/${ID}`);
  await send({ queue: 'a', body: 'text' });
  await send({ queue: 'a' });
  await send({ queue: 'a', bodyBase64: '/wA=' });
  await send({ queue: 'a', bodyBase64: 'aGk=', contentType: 'text/plain; charset=utf-8' });
  await send({ queue: 'a', body: 'x'.repeat(100_000) });
  const large = await send({ queue: 'a', bodyBase64: 'A'.repeat(12 * 1024 * 1024) });
  assert.equal(large.status, 201);
  assert.deepEqual(
    control.tasks.sent
      .slice(0, 5)
      .map(({ body, contentType }) => [body.toString('latin1'), contentType]),
    [
      ['null', 'application/json'],
      ['"text"', 'application/json'],
      ['', 'application/json'],
      ['\u00ff\u0000', 'application/octet-stream'],
      ['hi', 'text/plain; charset=utf-8'],
    ],
  );
  assert.equal(control.tasks.sent[5]?.body.length, 100_002);
});

test('what cannot be is refused with its path, and nothing is sent', async (t) => {
  const { ask, control } = await startFakeWeb(t);
  for (const [body, path] of [
    [{}, 'body'],
    [{ queue: '' }, 'body/queue'],
    [{ queue: 'a', more: 1 }, 'body'],
    [{ queue: 'a', bodyBase64: 'no base64!' }, 'body/bodyBase64'],
    [{ queue: 'a', bodyBase64: 'aGk' }, 'body/bodyBase64'],
    [{ queue: 'a', bodyBase64: 'aGk=====' }, 'body/bodyBase64'],
    [{ queue: 'a', body: 1, bodyBase64: 'aGk=' }, 'body/bodyBase64'],
    [{ queue: 'a', contentType: 'text/plain\r\nx-evil: 1' }, 'body/contentType'],
    [{ queue: 'a', delayMs: -1 }, 'body/delayMs'],
    [{ queue: 'a', delayMs: '5' }, 'body/delayMs'],
    [{ queue: 'a', priority: 101 }, 'body/priority'],
    [{ queue: 'a', retries: 101 }, 'body/retries'],
    [{ queue: 'a', retries: 1.5 }, 'body/retries'],
    [{ queue: 'a', timeoutMs: 0 }, 'body/timeoutMs'],
  ] as const) {
    const { status, json } = await ask(PATH, { method: 'POST', headers: BEARER, body });
    const errors = json?.['errors'] as readonly { path: string }[];
    assert.deepEqual([status, json?.['code'], errors[0]?.path], [400, 'BAD_REQUEST', path]);
  }
  for (const query of ['?limit=0', '?limit=1001', '?state=lost', '?queue=', '?all=1'])
    assert.equal((await ask(PATH + query, { headers: BEARER })).status, 400, query);
  for (const id of ['7', ID.toUpperCase(), `${ID}0`])
    assert.equal((await ask(`${PATH}/${id}`, { headers: BEARER })).status, 400, id);
  assert.deepEqual(control.tasks.sent, []);
  assert.deepEqual(control.tasks.filters, []);
});

test('without tasks it is a 404, without PostgreSQL a 503 that says when to come back', async (t) => {
  const { ask, control } = await startFakeWeb(t);
  control.tasks.failure = noTasks();
  assert.deepEqual((await ask(PATH, { headers: BEARER })).json?.['code'], 'NO_TASKS');
  assert.equal((await ask(PATH, { headers: BEARER })).status, 404);
  control.tasks.failure = tasksUnreachable(new Error('connect ECONNREFUSED 10.0.0.1:5432'));
  const away = await ask(PATH, { method: 'POST', headers: BEARER, body: { queue: 'a' } });
  assert.equal(away.status, 503);
  assert.equal(away.headers['retry-after'], '5');
  assert.equal(away.json?.['code'], 'TASKS_UNREACHABLE');
  assert.doesNotMatch(away.text, /10\.0\.0\.1/);
});

test('only the token sends, retries and cancels; nobody looks without it', async (t) => {
  const { ask } = await startFakeWeb(t);
  for (const [method, path] of [
    ['GET', PATH],
    ['GET', `${PATH}/${ID}`],
    ['POST', PATH],
    ['POST', `${PATH}/${ID}/retry`],
    ['POST', `${PATH}/${ID}/cancel`],
  ] as const)
    assert.equal((await ask(path, { method })).status, 401, `${method} ${path}`);
});
