import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tasksStore } from '../../../test/support/tasks-store.ts';
import { until } from '../../../test/support/until.ts';
import { sweepTasks } from './sweep.ts';

const HOUR = 3_600_000;

test('what ended long ago is forgotten in bounded steps; failures are kept longer', async (t) => {
  const { db, put } = await tasksStore(t);
  const ended = (state: string, hours: number): Promise<string> =>
    put('mail', { state, finished_at: new Date(Date.now() - hours * HOUR) });
  await ended('succeeded', 3);
  await ended('succeeded', 4);
  await ended('cancelled', 3);
  await ended('failed', 9);
  const young = await ended('succeeded', 1);
  const failed = await ended('failed', 3);
  const telling = await ended('succeeded', 3);
  await db.query(`insert into tidegate.callbacks (task, url) values ($1, 'https://a.example')`, [
    telling,
  ]);
  const queued = await put('mail', { created_at: new Date(0) });

  const retention = { keepMs: 2 * HOUR, keepFailedMs: 8 * HOUR };
  assert.equal(await sweepTasks(db, retention, 3), 3);
  assert.equal(await sweepTasks(db, retention, 3), 1);
  assert.equal(await sweepTasks(db, retention, 3), 0);
  const { rows } = await db.query<{ id: string }>('select id from tidegate.tasks');
  assert.deepEqual(new Set(rows.map(({ id }) => id)), new Set([young, failed, telling, queued]));
});

test('of large tasks fewer are forgotten at once, and one however large', async (t) => {
  const { db, put } = await tasksStore(t);
  const finished = new Date(Date.now() - 3 * HOUR);
  const large = { state: 'succeeded', finished_at: finished, body: Buffer.alloc(30 << 20) };
  for (let n = 0; n < 4; n++) await put('mail', large);
  await put('mail', { ...large, result_body: Buffer.alloc(50 << 20) });
  const retention = { keepMs: HOUR, keepFailedMs: HOUR };
  const swept: number[] = [];
  for (let n = 1; n > 0; swept.push(n)) n = await sweepTasks(db, retention, 100);
  assert.equal(
    swept.reduce((sum, n) => sum + n, 0),
    5,
  );
  assert.ok(Math.max(...swept) <= 3, swept.join());
});

test('what is tried again while it is to be forgotten stays', async (t) => {
  const { db, put, row } = await tasksStore(t);
  const id = await put('mail', {
    state: 'failed',
    finished_at: new Date(Date.now() - 3 * HOUR),
  });
  const other = await db.connect();
  try {
    await other.query('begin');
    await other.query("update tidegate.tasks set state = 'queued', finished_at = null");
    const swept = sweepTasks(db, { keepMs: HOUR, keepFailedMs: HOUR }, 100);
    await until('it waits for the row', async () => {
      const { rowCount } = await db.query('select from pg_locks where not granted');
      return rowCount === 1;
    });
    await other.query('commit');
    assert.equal(await swept, 0);
  } finally {
    other.release();
  }
  assert.equal((await row(id))['state'], 'queued');
});
