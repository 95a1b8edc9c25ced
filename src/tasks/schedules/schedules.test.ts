import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { tasksStore } from '../../../test/support/tasks-store.ts';
import { HOUR, MINUTE } from '../../kit/clock.ts';
import { silentLog } from '../../kit/log.ts';
import type { QueueSpec, ScheduleSpec } from '../../spec/tasks.ts';
import { createSchedules } from './schedules.ts';

const { db } = await tasksStore({ after: (release) => after(release as () => Promise<void>) });
const T0 = Date.parse('2026-06-01T12:30:00Z');

test('a moment is one task of the queue, with the body, however many look', async () => {
  const bench = await startBench();
  const all = [bench.start(), bench.start(), bench.start()];
  await bench.turns(all);
  assert.deepEqual(await bench.sent(), [], 'it begins now');
  bench.clock.at = T0 + 30 * MINUTE - 1;
  await bench.turns(all);
  assert.deepEqual(await bench.sent(), []);
  bench.clock.at += 1;
  await Promise.all([bench.turns(all), bench.turns(all)]);
  assert.deepEqual(await bench.sent(), ['schedule:hourly:2026-06-01T13:00:00.000Z']);
  const { rows } = await db.query(
    "select queue, method, path, convert_from(body, 'UTF8') as body, headers, retries, timeout_ms, state from tidegate.tasks",
  );
  assert.deepEqual(rows, [
    {
      queue: 'default',
      method: 'POST',
      path: '/run',
      body: '{"type":"report"}',
      headers: { 'content-type': 'application/json' },
      retries: 5,
      timeout_ms: 60_000,
      state: 'queued',
    },
  ]);
  const { rows: totals } = await db.query('select queue, sent from tidegate.totals');
  assert.deepEqual(totals, [{ queue: 'default', sent: '1' }]);
  const { rows: kept } = await db.query('select sent_for from tidegate.schedules');
  assert.deepEqual(kept, [{ sent_for: new Date('2026-06-01T13:00:00Z') }]);
  bench.clock.at += HOUR;
  await bench.turns(all);
  assert.equal((await bench.sent()).length, 2);
});

test('of what was missed while nothing ran only the latest is sent', async () => {
  const bench = await startBench();
  await bench.start().turn();
  bench.clock.at = T0 + 10 * HOUR;
  const schedules = bench.start();
  await schedules.turn();
  await schedules.turn();
  assert.deepEqual(await bench.sent(), ['schedule:hourly:2026-06-01T22:00:00.000Z']);
});

test('another expression begins anew, and a schedule that is gone leaves nothing behind', async () => {
  const bench = await startBench();
  await bench.start().turn();
  const old = bench.start();
  await old.turn();
  bench.clock.at = T0 + 2 * HOUR;
  const changed = bench.start({ cron: '0 */2 * * *' });
  await changed.turn();
  assert.deepEqual(await bench.sent(), [], 'nothing is sent of before the change');
  bench.clock.at = Date.parse('2026-06-01T16:00:00Z');
  await changed.turn();
  assert.deepEqual(await bench.sent(), ['schedule:hourly:2026-06-01T16:00:00.000Z']);
  await bench.start(null).turn();
  assert.equal((await db.query('select from tidegate.schedules')).rowCount, 0);
  await old.turn();
  assert.equal((await bench.sent()).length, 1, 'one that is gone sends nothing');
});

test('what cannot be written now is sent later, and never twice, even when the note of it is lost', async () => {
  const bench = await startBench();
  const schedules = bench.start();
  await schedules.turn();
  bench.clock.at = T0 + HOUR;
  await db.query('alter table tidegate.tasks rename to gone');
  await assert.rejects(schedules.turn());
  await db.query('alter table tidegate.gone rename to tasks');
  await schedules.turn();
  assert.equal((await bench.sent()).length, 1);
  await db.query('update tidegate.schedules set sent_for = $1', [new Date(T0)]);
  await bench.start().turn();
  assert.equal((await bench.sent()).length, 1);
  // A clock that was a year ahead does not keep it silent for a year.
  await db.query("update tidegate.schedules set sent_for = sent_for + interval '1 year'");
  bench.clock.at = T0 + HOUR;
  const after = bench.start();
  await after.turn();
  bench.clock.at += HOUR;
  await after.turn();
  assert.equal((await bench.sent()).length, 2);
});

test('a clock that was ahead for a while sends for then, and goes on with what time it really is', async () => {
  const bench = await startBench();
  const schedules = bench.start();
  await schedules.turn();
  bench.clock.at = T0 + 1000 * HOUR;
  await schedules.turn();
  assert.equal((await bench.sent()).length, 1);
  bench.clock.at = T0 + HOUR;
  await schedules.turn();
  assert.equal((await bench.sent()).length, 1);
  bench.clock.at = T0 + 2 * HOUR;
  await schedules.turn();
  assert.equal((await bench.sent())[1], 'schedule:hourly:2026-06-01T14:00:00.000Z');
});

// Private

const QUEUE: QueueSpec = {
  name: 'default',
  service: 'worker',
  delivery: 'push',
  path: '/run',
  retries: 5,
  timeoutMs: MINUTE,
  concurrency: null,
  backoff: { leastMs: 1000, mostMs: 10 * MINUTE },
};

const HOURLY: ScheduleSpec = {
  name: 'hourly',
  queue: 'default',
  cron: '0 * * * *',
  timezone: 'UTC',
  body: { type: 'report' },
};

/** Empty tables, time of its own, and as many schedulers as a test starts. */
async function startBench() {
  await db.query(
    'truncate tidegate.tasks, tidegate.callbacks, tidegate.schedules, tidegate.totals',
  );
  const clock = { at: T0, now: () => clock.at };
  return {
    clock,
    start(changes: Partial<ScheduleSpec> | null = {}) {
      const schedules = changes === null ? {} : { hourly: { ...HOURLY, ...changes } };
      const program = { schedules, queues: { default: QUEUE } };
      return createSchedules({ db, program, clock, log: silentLog });
    },
    async turns(all: readonly { turn(): Promise<void> }[]): Promise<void> {
      await Promise.all(all.map((each) => each.turn()));
    },
    async sent(): Promise<readonly string[]> {
      const { rows } = await db.query<{ idempotency_key: string }>(
        'select idempotency_key from tidegate.tasks order by seq',
      );
      return rows.map((row) => row.idempotency_key);
    },
  };
}
