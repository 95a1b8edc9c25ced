import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tasksStore } from '../../../test/support/tasks-store.ts';
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
