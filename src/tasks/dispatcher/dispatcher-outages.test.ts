import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { dispatcherSite as site } from '../../../test/support/dispatcher.ts';
import { until } from '../../../test/support/until.ts';

test('one that ends lets another lead at once, and what it has under way counts towards the caps', async (t) => {
  const open: (() => void)[] = [];
  const { put, start, ended, gateway, db } = await site(t, (_, response) => {
    open.push(() => response.end());
  });
  for (let n = 0; n < 12; n++) await put('mail');
  const old = start();
  await until('as many as may be are under way', () => open.length === 4);
  start();
  const stopped = old.stop();
  for (let left = 12; left > 0; left--) {
    await until('the next is under way', () => open.length > 0 && open.length >= Math.min(left, 4));
    open.shift()?.();
  }
  await ended('succeeded', 12);
  await stopped;
  assert.equal(gateway.peaks['worker'], 4);
  assert.equal(new Set(gateway.delivered).size, gateway.delivered.length);
  const { rows } = await db.query('select replica from tidegate.dispatchers');
  assert.equal(rows.length, 1);
});

test('what a dispatcher held that has died is delivered by the next', async (t) => {
  const { put, row, start, ended, db } = await site(t, (_, response) => void response.end());
  const dead = randomUUID();
  await db.query(
    "insert into tidegate.dispatchers (id, replica, seen_at) values ($1, 'dispatch-0', clock_timestamp() - interval '1 minute')",
    [dead],
  );
  const id = await put('mail', {
    state: 'running',
    holder: dead,
    attempt: 1,
    started_at: new Date(),
  });
  start();
  await ended('succeeded', 1);
  const { attempt, failures } = await row(id);
  assert.deepEqual([attempt, failures], [2, 0]);
});

test('results outlive a PostgreSQL that is killed, and it goes on by itself', async (t) => {
  const open: (() => void)[] = [];
  let held = true;
  const { put, start, ended, postgres, gateway, db } = await site(t, (_, response) => {
    if (held) open.push(() => response.end());
    else response.end();
  });
  for (let n = 0; n < 30; n++) await put('mail');
  start();
  await until('some are under way', () => open.length === 4);
  // A claim that is not on disk is lost in a crash, and made again.
  await until('the claims are on disk', async () => {
    const { rows } = await db.query(
      'select pg_current_wal_flush_lsn() = pg_current_wal_insert_lsn() as flushed',
    );
    return (rows[0] as { flushed: boolean }).flushed;
  });
  await postgres.kill();
  held = false;
  for (const each of open) each();
  await postgres.start();
  await ended('succeeded', 30);
  assert.equal(gateway.delivered.length, 30, 'none was delivered twice');
});

test('one that ends while the database is away does so', async (t) => {
  const { put, start, postgres, gateway } = await site(t, (_, response) => {
    void postgres.kill().then(() => response.end());
  });
  await put('mail');
  const dispatcher = start();
  await until('it is under way', () => gateway.delivered.length === 1);
  await dispatcher.stop();
});
