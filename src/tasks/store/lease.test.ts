import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startTasksDatabase, testQueue } from '../../../test/support/tasks-database.ts';
import { newTask, type TaskWishes } from '../new-task.ts';
import { completeTask } from './complete.ts';
import { expireLeases } from './expire-leases.ts';
import { extendLease } from './extend.ts';
import { failTask } from './fail.ts';
import { type LeasedTask, leaseTasks } from './lease.ts';
import { sendTasks } from './send.ts';
import { unlease } from './unlease.ts';
import { showTask } from './show.ts';

const queue = testQueue({ delivery: 'pull', service: null });
const unbounded = { queue: 'default', forMs: null, concurrency: null };

async function start(t: Parameters<typeof startTasksDatabase>[0]) {
  const { pool } = await startTasksDatabase(t);
  return {
    pool,
    send: async (wishes: TaskWishes = {}): Promise<string> => {
      const task = newTask(
        queue,
        { headers: {}, body: Buffer.from('x'), sender: { subject: 'ann', issuer: 'main' } },
        wishes,
      );
      await sendTasks(pool, [task]);
      return task.id;
    },
    lease: async (): Promise<LeasedTask> => {
      const [task] = await leaseTasks(pool, { ...unbounded, most: 1 });
      assert.ok(task);
      return task;
    },
    /** Has every lease be over. */
    expire: () =>
      pool.query(
        "update tidegate.tasks set lease_until = now() - interval '1 s' where lease_id is not null",
      ),
  };
}

test('no more is given away at once than one answer can hold, and never nothing', async (t) => {
  const { pool } = await startTasksDatabase(t);
  const body = Buffer.alloc(5 * 1024 * 1024);
  const large = [1, 2, 3].map(() => newTask(queue, { headers: {}, body }));
  const huge = newTask(queue, { headers: {}, body: Buffer.alloc(9 * 1024 * 1024) });
  for (const task of [...large, huge]) await sendTasks(pool, [task]);
  const turns: string[][] = [];
  while (turns.flat().length < 4) {
    const leased = await leaseTasks(pool, { ...unbounded, most: 100 });
    assert.ok(leased.length > 0);
    turns.push(leased.map(({ id }) => id));
  }
  const [a, b, c] = large.map(({ id }) => id);
  assert.deepEqual(turns, [
    [a, b],
    [c, huge.id],
  ]);
});

test('a task is leased to one worker, the most urgent first, and succeeds with what it says', async (t) => {
  const { pool, send, lease } = await start(t);
  const [low, high] = [await send({ priority: -1 }), await send({ priority: 5 })];
  const first = await lease();
  assert.equal(first.id, high);
  assert.equal(first.subject, 'ann');
  assert.equal(first.attempt, 1);
  assert.equal((await lease()).id, low);
  assert.deepEqual(await leaseTasks(pool, { ...unbounded, most: 9 }), []);

  const until = await extendLease(pool, high, first.lease, 600_000);
  assert.ok(until > first.leaseUntil);
  const result = {
    status: 201,
    headers: { 'content-type': 'text/plain' },
    body: Buffer.from('ok'),
    bytes: 2,
  };
  const foreign = '0'.repeat(32);
  await assert.rejects(completeTask(pool, high, foreign, result), { code: 'LEASE_LOST' });
  await assert.rejects(completeTask(pool, foreign, foreign, result), { code: 'UNKNOWN_TASK' });
  assert.equal((await completeTask(pool, high, first.lease, result)).queue, 'default');
  const view = await showTask(pool, high);
  assert.equal(view.state, 'succeeded');
  assert.deepEqual(view.result, {
    status: 201,
    headers: result.headers,
    body: 'ok',
    encoding: 'text',
    bytes: 2,
  });
  await assert.rejects(completeTask(pool, high, first.lease, result), { code: 'LEASE_LOST' });
  await assert.rejects(extendLease(pool, high, first.lease, null), { code: 'LEASE_LOST' });
});

test('never more are leased at once than the queue allows', async (t) => {
  const { pool, send } = await start(t);
  for (let sent = 0; sent < 5; sent++) await send();
  const bounded = { ...unbounded, most: 2, concurrency: 3 };
  const leased = await Promise.all([1, 2, 3].map(() => leaseTasks(pool, bounded)));
  assert.equal(leased.flat().length, 3);
});

test('a failure is tried again as often as the task says, and at once for good when its worker says so', async (t) => {
  const { pool, send, lease } = await start(t);
  const id = await send({ retries: 1 });
  const failure = { error: 'no luck', retry: true, backoffOf: () => queue.backoff, chance: 0 };
  const first = await lease();
  assert.equal((await failTask(pool, id, first.lease, failure)).state, 'queued');
  await assert.rejects(failTask(pool, id, first.lease, failure), { code: 'LEASE_LOST' });
  await pool.query('update tidegate.tasks set not_before = null');
  assert.equal((await failTask(pool, id, (await lease()).lease, failure)).state, 'failed');
  const view = await showTask(pool, id);
  assert.equal(view.error, 'no luck');
  assert.deepEqual(
    view.attempts.map(({ number, outcome, error }) => [number, outcome, error]),
    [
      [1, 'failed', 'no luck'],
      [2, 'failed', 'no luck'],
    ],
  );
  const other = await send();
  assert.equal(
    (await failTask(pool, other, (await lease()).lease, { ...failure, retry: false })).state,
    'failed',
  );
});

test('a lease that is over counts as a failure, and the task is given to another until it has had its retries', async (t) => {
  const { pool, send, lease, expire } = await start(t);
  const id = await send({ retries: 1, callback: 'https://a.example/' });
  const lost = await lease();
  assert.deepEqual(await expireLeases(pool), []);
  await expire();
  assert.equal((await expireLeases(pool))[0]?.state, 'queued');
  const second = await lease();
  assert.equal(second.attempt, 2);
  await assert.rejects(extendLease(pool, id, lost.lease, null), { code: 'LEASE_LOST' });
  await expire();
  assert.equal((await expireLeases(pool))[0]?.state, 'failed');
  const view = await showTask(pool, id);
  assert.equal(view.state, 'failed');
  assert.equal(view.attempts.length, 2);
  assert.equal((await pool.query('select from tidegate.callbacks')).rowCount, 1);
});

test('what never came to its worker was never leased', async (t) => {
  const { pool, send, lease } = await start(t);
  const id = await send();
  const { lease: given } = await lease();
  await unlease(pool, ['0'.repeat(32)]);
  assert.equal((await showTask(pool, id)).state, 'running');
  await unlease(pool, [given]);
  assert.equal((await lease()).attempt, 1);
});
