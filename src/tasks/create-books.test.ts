import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import pg from 'pg';
import { startPostgres } from '../../test/support/postgres.ts';
import { until } from '../../test/support/until.ts';
import type { QueueSpec } from '../spec/tasks.ts';
import type { QueueCount, QueueDepth } from './books.ts';
import { createBooks } from './create-books.ts';
import { noteCounts } from './store/counts.ts';

function queue(name: string, changes: Partial<QueueSpec> = {}): QueueSpec {
  return {
    name,
    service: 'worker',
    delivery: 'push',
    path: '/run',
    retries: 5,
    timeoutMs: 60_000,
    concurrency: null,
    backoff: { leastMs: 1000, mostMs: 60_000 },
    ...changes,
  };
}

const QUEUES = { mail: queue('mail'), reports: queue('reports', { delivery: 'pull' }) };
const BODY = { body: Buffer.from('{}'), contentType: 'application/json' };

test('how long queues are, of which tasks, and who has waited for longest', async (t) => {
  const { url } = await startPostgres(t);
  const books = createBooks({
    url: () => url,
    queues: () => QUEUES,
    callbackHosts: () => ['hooks.example.org'],
  });
  t.after(() => books.close());
  const none = { waiting: 0, later: 0, running: 0, oldestMs: null };
  const ended = { sent: 0, succeeded: 0, failed: 0, cancelled: 0, retried: 0 };
  assert.deepEqual(await books.depths(), [
    { queue: 'mail', ...none, ...ended },
    { queue: 'reports', ...none, ...ended },
  ]);

  const client = await connected(url);
  await client.query(
    "insert into tidegate.schedules (name, cron, timezone, sent_for) values ('nightly', '0 3 * * *', 'UTC', '2026-03-01T03:00:00Z')",
  );
  assert.deepEqual(
    [...(await books.sentFor())],
    [['nightly', Date.parse('2026-03-01T03:00:00.000Z')]],
  );
  const sent = [];
  for (let index = 0; index < 6; index++)
    sent.push(await books.send({ queue: 'mail', ...BODY, priority: index % 3 }));
  await books.send({ queue: 'mail', ...BODY, delayMs: 60_000 });
  await books.send({ queue: 'reports', ...BODY });
  const [running, oldest, leased] = [sent[0]?.id, sent[3]?.id, sent[1]?.id];
  await client.query("update tidegate.tasks set state = 'running', holder = $2 where id = $1", [
    running,
    randomUUID(),
  ]);
  await client.query(
    "update tidegate.tasks set state = 'running', lease_until = clock_timestamp() + interval '1 hour' where id = $1",
    [leased],
  );
  // Of the lowest priority, and not the first of it.
  await client.query(
    "update tidegate.tasks set ready_at = clock_timestamp() - interval '10 minutes' where id = $1",
    [oldest],
  );
  const mail = (await books.depths())[0] as QueueDepth;
  assert.deepEqual([mail.waiting, mail.later, mail.running], [4, 1, 2]);
  assert.ok(mail.oldestMs !== null && mail.oldestMs >= 600_000 && mail.oldestMs < 700_000);

  // Due, and not yet made ready by the dispatcher.
  await client.query(
    "update tidegate.tasks set not_before = clock_timestamp() - interval '1 hour' where not_before is not null",
  );
  const due = (await books.depths())[0] as QueueDepth;
  assert.deepEqual([due.waiting, due.later], [5, 0]);
  assert.ok((due.oldestMs ?? 0) >= 3_600_000);
});

test('what was counted is told once, however late it is written down', async (t) => {
  const { url } = await startPostgres(t);
  const books = createBooks({
    url: () => url,
    queues: () => QUEUES,
    callbackHosts: () => ['hooks.example.org'],
  });
  t.after(() => books.close());
  assert.deepEqual(await books.counts(), []);
  const client = await connected(url);
  const now = Math.floor(Date.now() / 1000) * 1000;
  const count = (succeeded: number, secondsAgo: number): QueueCount => ({
    queue: 'mail',
    at: now - secondsAgo * 1000,
    sent: 0,
    succeeded,
    failed: 0,
    cancelled: 0,
    retried: 0,
    waited: { 3: succeeded },
    ran: {},
  });
  const [one, other] = [randomUUID(), randomUUID()];
  await noteCounts(client, one, [count(5, 3), count(1, 300)]);
  await noteCounts(client, other, [count(2, 3)]);
  assert.deepEqual(await books.counts(), [count(7, 3)], 'the last minute, of all writers');
  assert.deepEqual(await books.counts(), []);
  await noteCounts(client, other, [count(9, 20), count(4, 2)]);
  assert.deepEqual(await books.counts(), [count(9, 20), count(4, 2)], 'one came late');
  assert.deepEqual(await books.counts(), []);
  const { succeeded } = (await books.depths())[0] as QueueDepth;
  assert.equal(succeeded, 21, 'of all time');
});

test('tasks are sent, shown, listed, cancelled and tried again; what is not there has a name', async (t) => {
  const { url } = await startPostgres(t);
  const books = createBooks({
    url: () => url,
    queues: () => QUEUES,
    callbackHosts: () => ['hooks.example.org'],
  });
  t.after(() => books.close());
  const { id } = await books.send({ queue: 'mail', ...BODY, retries: 1, timeoutMs: 5_000 });
  const shown = await books.show(id);
  assert.deepEqual(
    [shown.queue, shown.state, shown.path, shown.retries, shown.timeoutMs],
    ['mail', 'queued', '/run', 1, 5_000],
  );
  assert.equal(shown.request?.bytes, BODY.body.length);
  assert.equal((await books.list({}))[0]?.request, undefined);
  await assert.rejects(books.retry(id), { code: 'TASK_NOT_ENDED' });
  assert.equal((await books.cancel(id)).state, 'cancelled');
  await assert.rejects(books.cancel(id), { code: 'TASK_ENDED' });
  assert.deepEqual(await books.list({ state: 'queued' }), []);
  assert.equal((await books.retry(id)).state, 'queued');
  assert.deepEqual(
    (await books.list({ queue: 'mail' })).map((task) => task.id),
    [id],
  );
  await assert.rejects(books.show('0'.repeat(32)), { code: 'UNKNOWN_TASK' });
  await assert.rejects(books.send({ queue: 'post', ...BODY }), { code: 'UNKNOWN_QUEUE' });
  const long = { queue: 'mail', ...BODY, timeoutMs: 86_400_001 };
  await assert.rejects(books.send(long), { code: 'TIMEOUT_TOO_LONG' });
});

test('while PostgreSQL is away everything says so, and goes on by itself when it is back', async (t) => {
  const postgres = await startPostgres(t);
  const books = createBooks({
    url: () => postgres.url,
    queues: () => QUEUES,
    callbackHosts: () => ['hooks.example.org'],
  });
  t.after(() => books.close());
  const { id } = await books.send({ queue: 'mail', ...BODY });
  const sentIn = Math.floor(Date.now() / 1000);
  await postgres.kill();
  // The second in which it was sent is over by then, and is not written down.
  await until('a second is over', async () => {
    const isOver = Math.floor(Date.now() / 1000) > sentIn;
    await assert.rejects(books.counts());
    return isOver;
  });
  for (const ask of [
    () => books.depths(),
    () => books.counts(),
    () => books.show(id),
    () => books.list({}),
    () => books.send({ queue: 'mail', ...BODY }),
  ])
    await assert.rejects(ask(), { code: 'TASKS_UNREACHABLE' });
  await postgres.start();
  assert.equal((await books.show(id)).id, id);
  await books.counts();
  const [mail] = await books.depths();
  assert.deepEqual([mail?.waiting, mail?.sent], [1, 1]);
});

test('with a key a task is sent once, and another with it is refused; a callback goes to known hosts alone', async (t) => {
  const { url } = await startPostgres(t);
  const books = createBooks({
    url: () => url,
    queues: () => QUEUES,
    callbackHosts: () => ['hooks.example.org'],
  });
  t.after(() => books.close());
  const callback = 'https://hooks.example.org/done';
  const task = { queue: 'mail', ...BODY, key: 'order-7', callback };
  const sent = await books.send(task);
  assert.equal(sent.callback?.url, callback);
  assert.equal((await books.send(task)).id, sent.id);
  assert.notEqual((await books.send({ ...task, key: 'order-8' })).id, sent.id);
  assert.equal((await books.depths())[0]?.waiting, 2);
  for (const [changes, code] of [
    [{ body: Buffer.from('{"other":1}') }, 'KEY_USED'],
    [{ key: 'two words' }, 'BAD_KEY'],
    [{ callback: 'https://elsewhere.example.org/' }, 'BAD_CALLBACK'],
  ] as const)
    await assert.rejects(books.send({ ...task, ...changes }), { code, exitCode: 2 });
});

/** Ends with the server. */
async function connected(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}
