import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { startPostgres } from '../../../test/support/postgres.ts';
import type { QueueCount } from '../books.ts';
import { noteCounts, sweepCounts } from './counts.ts';
import { migrate } from './migrate.ts';
import { openPool } from './open.ts';

test('a second of one writer counts once, however often it is written; all writers add up', async (t) => {
  const { url } = await startPostgres(t);
  await migrate(url);
  const pool = openPool({ url, name: 'test', connections: 1 });
  t.after(() => pool.end());
  const at = Math.floor(Date.now() / 1000) * 1000;
  const count = (queue: string, sent: number, secondsAgo = 0): QueueCount => ({
    queue,
    at: at - secondsAgo * 1000,
    sent,
    succeeded: 1,
    failed: 0,
    cancelled: 0,
    retried: 2,
    waited: { 3: 1 },
    ran: {},
  });
  const [one, other] = [randomUUID(), randomUUID()];
  const first = [count('mail', 5), count('mail', 1, 1), count('reports', 7, 7200)];
  await noteCounts(pool, one, first);
  await noteCounts(pool, one, first);
  await noteCounts(pool, other, [count('mail', 10)]);
  await noteCounts(pool, other, []);

  const totals = await pool.query(
    'select queue, sent, succeeded, retried from tidegate.totals order by 1',
  );
  assert.deepEqual(totals.rows, [
    { queue: 'mail', sent: '16', succeeded: '3', retried: '6' },
    { queue: 'reports', sent: '7', succeeded: '1', retried: '2' },
  ]);

  await sweepCounts(pool);
  const kept = await pool.query(
    'select queue, sent, waited from tidegate.counts order by at, sent',
  );
  assert.deepEqual(kept.rows, [
    { queue: 'mail', sent: 1, waited: { 3: 1 } },
    { queue: 'mail', sent: 5, waited: { 3: 1 } },
    { queue: 'mail', sent: 10, waited: { 3: 1 } },
  ]);
});
