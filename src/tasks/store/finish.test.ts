import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { Client } from 'pg';
import { tasksStore } from '../../../test/support/tasks-store.ts';
import { until } from '../../../test/support/until.ts';
import { finish, type Finish } from './finish.ts';

const HOLDER = randomUUID();
const RUNNING = { state: 'running', holder: HOLDER, attempt: 1, started_at: new Date() };

const succeeded = (id: string, more: Partial<Finish> = {}): Finish => ({
  id,
  attempt: 1,
  state: 'succeeded',
  failures: 0,
  error: null,
  result: {
    status: 201,
    headers: { 'content-type': 'text/plain', 'x-odd': 'a "b" \\ {c,d} é' },
    body: Buffer.from([0, 1, 255]),
    bytes: 3,
  },
  ...more,
});

test('all that ended is written at once, results as they were', async (t) => {
  const { db, put, row } = await tasksStore(t);
  const [one, other] = [await put('mail', RUNNING), await put('mail', RUNNING)];
  const failed = succeeded(other, {
    state: 'failed',
    failures: 1,
    error: 'The service answered 404.',
    result: { status: 404, headers: {}, body: null, bytes: 0 },
  });
  assert.deepEqual(await finish(db, HOLDER, [succeeded(one), failed]), new Set([one, other]));
  const totals = await db.query('select queue, succeeded, failed from tidegate.totals');
  assert.deepEqual(totals.rows, [{ queue: 'mail', succeeded: '1', failed: '1' }]);

  const good = await row(one);
  assert.equal(good['state'], 'succeeded');
  assert.equal(good['holder'], null);
  assert.ok(good['finished_at'] instanceof Date);
  assert.equal(good['result_status'], 201);
  assert.deepEqual(good['result_headers'], succeeded(one).result?.headers);
  assert.deepEqual(good['result_body'], Buffer.from([0, 1, 255]));
  assert.equal(good['result_bytes'], '3');
  assert.deepEqual(good['attempts'], []);

  const bad = await row(other);
  assert.deepEqual([bad['state'], bad['error'], bad['failures']], ['failed', failed.error, 1]);
  const [entry] = bad['attempts'] as Record<string, unknown>[];
  assert.equal(entry?.['startedAt'], RUNNING.started_at.toISOString());
  assert.deepEqual(
    { ...entry, startedAt: 0, endedAt: 0 },
    { number: 1, startedAt: 0, endedAt: 0, outcome: 'failed', status: 404, error: failed.error },
  );
});

test('what is not held any more, or in another attempt, stays as it is', async (t) => {
  const { db, put, row } = await tasksStore(t);
  const cancelled = await put('mail', { state: 'cancelled', attempt: 1 });
  const others = await put('mail', { ...RUNNING, holder: randomUUID() });
  const again = await put('mail', { ...RUNNING, attempt: 2 });
  const ids = [cancelled, others, again];
  assert.deepEqual(
    await finish(
      db,
      HOLDER,
      ids.map((id) => succeeded(id)),
    ),
    new Set(),
  );
  const states = await Promise.all(ids.map(async (id) => (await row(id))['state']));
  assert.deepEqual(states, ['cancelled', 'running', 'running']);
});

test('who waits is told which have ended, and a callback waits to be sent', async (t) => {
  const { db, put, postgres } = await tasksStore(t);
  const listener = new Client({ connectionString: postgres.url });
  // PostgreSQL ends before it does.
  listener.on('error', () => undefined);
  await listener.connect();
  t.after(() => listener.end());
  const heard: string[] = [];
  listener.on('notification', ({ payload }) => heard.push(...(payload ?? '').split(',')));
  await listener.query('listen tidegate_ended');

  const ids: string[] = [];
  // More than one notification holds.
  for (let n = 0; n < 450; n++) ids.push(await put('mail', RUNNING));
  const callback = 'https://example.org/done';
  const calling = await put('mail', { ...RUNNING, callback });
  await db.query(
    `insert into tidegate.callbacks (task, url, state, attempts) values ($1, 'https://old.example', 'failed', 9)`,
    [calling],
  );
  await finish(
    db,
    HOLDER,
    [...ids, calling].map((id) => succeeded(id)),
  );
  await until('all are told', () => heard.length === 451);
  assert.deepEqual(new Set(heard), new Set([...ids, calling]));
  const { rows } = await db.query('select task, url, state, attempts from tidegate.callbacks');
  assert.deepEqual(rows, [{ task: calling, url: callback, state: 'waiting', attempts: 0 }]);
});
