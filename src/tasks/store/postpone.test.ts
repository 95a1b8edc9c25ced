import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { tasksStore } from '../../../test/support/tasks-store.ts';
import { claim } from './claim.ts';
import { readyDue } from './due.ts';
import { postpone, type Postpone } from './postpone.ts';

const HOLDER = randomUUID();

const again = (id: string, attempt: number, delayMs: number): Postpone => ({
  id,
  attempt,
  outcome: 'failed',
  status: 500,
  error: 'The service answered 500.',
  failures: attempt,
  postponements: 0,
  breaks: 0,
  delayMs,
});

test('a task that is put off is ready again when it is due, and not before', async (t) => {
  const { db, put, row } = await tasksStore(t);
  const [soon, late] = [await put('mail'), await put('reports')];
  await claim(db, HOLDER, 'mail', 1);
  await claim(db, HOLDER, 'reports', 1);
  const noted = await postpone(db, HOLDER, [again(soon, 1, 0), again(late, 1, 3_600_000)]);
  assert.deepEqual(noted, new Set([soon, late]));
  const totals = await db.query('select queue, retried from tidegate.totals order by 1');
  assert.deepEqual(totals.rows, [
    { queue: 'mail', retried: '1' },
    { queue: 'reports', retried: '1' },
  ]);
  assert.deepEqual(await claim(db, HOLDER, 'mail', 1), []);

  assert.equal(await readyDue(db, 100), 1);
  assert.equal(await readyDue(db, 100), 0);
  const { state, not_before: notBefore, failures } = await row(soon);
  assert.deepEqual([state, notBefore, failures], ['queued', null, 1]);
  const [claimed] = await claim(db, HOLDER, 'mail', 1);
  assert.deepEqual([claimed?.id, claimed?.attempt], [soon, 2]);
  assert.ok(((await row(late))['not_before'] as Date).getTime() > Date.now() + 3_000_000);
});

test('the newest twenty attempts are kept', async (t) => {
  const { db, put, row } = await tasksStore(t);
  const id = await put('mail');
  for (let attempt = 1; attempt <= 25; attempt++) {
    await readyDue(db, 10);
    await claim(db, HOLDER, 'mail', 1);
    await postpone(db, HOLDER, [again(id, attempt, 0)]);
  }
  const attempts = (await row(id))['attempts'] as { number: number }[];
  assert.deepEqual(
    attempts.map(({ number }) => number),
    Array.from({ length: 20 }, (_, at) => at + 6),
  );
});

test('what was cancelled meanwhile stays so', async (t) => {
  const { db, put, row } = await tasksStore(t);
  const id = await put('mail', { state: 'cancelled', attempt: 1 });
  assert.deepEqual(await postpone(db, HOLDER, [again(id, 1, 0)]), new Set());
  assert.equal((await row(id))['state'], 'cancelled');
});

test('of the same interruptions in a row the newest is kept, of breaks each one', async (t) => {
  const { db, put, row } = await tasksStore(t);
  const id = await put('mail');
  const errors = ['away', 'away', 'broke', 'broke', 'away', 'away', 'away'];
  let breaks = 0;
  for (const [index, error] of errors.entries()) {
    await readyDue(db, 10);
    await claim(db, HOLDER, 'mail', 1);
    if (error === 'broke') breaks += 1;
    const interrupted = { outcome: 'interrupted', status: null, error, breaks } as const;
    await postpone(db, HOLDER, [{ ...again(id, index + 1, 0), ...interrupted }]);
  }
  const attempts = (await row(id))['attempts'] as { number: number }[];
  assert.deepEqual(
    attempts.map(({ number }) => number),
    [2, 3, 4, 7],
  );
  assert.equal((await row(id))['breaks'], 2);
});
