import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { tasksStore } from '../../../test/support/tasks-store.ts';
import { claim } from './claim.ts';
import { beat, heldByOthers, sayGoodbye } from './heartbeat.ts';
import { giveBack, requeueOfDead, requeueUnknown } from './requeue.ts';

test('what a dead dispatcher held is queued again without a failure; the living and oneself keep theirs', async (t) => {
  const { db, put, row } = await tasksStore(t);
  const [self, living, dead, gone] = [1, 2, 3, 4].map(() => randomUUID()) as [string, ...string[]];
  const held = new Map<string, string>();
  for (const holder of [self, living, dead, gone] as string[]) {
    const at = { state: 'running', holder, attempt: 1, started_at: new Date() };
    held.set(holder, await put('mail', at));
    if (holder !== gone) await beat(db, holder, 'dispatch-1');
  }
  // Longer than a machine stands still, so that the living are.
  const unseenMs = 600_000;
  const old = `update tidegate.dispatchers set seen_at = clock_timestamp() - interval '11 minutes' where id = any ($1)`;
  await db.query(old, [[self, dead]]);
  assert.deepEqual(await heldByOthers(db, self), new Map([['mail', 3]]));

  assert.equal(await requeueOfDead(db, self, unseenMs), 2);
  const states = await Promise.all([...held.values()].map(async (id) => (await row(id))['state']));
  assert.deepEqual(states, ['running', 'running', 'queued', 'queued']);
  const again = await row(held.get(dead as string) as string);
  assert.deepEqual([again['holder'], again['failures'], again['attempt']], [null, 0, 1]);
  assert.equal((again['attempts'] as { outcome: string }[])[0]?.outcome, 'interrupted');
  assert.equal(await requeueOfDead(db, self, unseenMs), 0);

  await sayGoodbye(db, living as string);
  const { rows } = await db.query('select id from tidegate.dispatchers');
  assert.deepEqual(rows, [{ id: self }]);
});

test('a task that ten dispatchers have died with has failed, also where it goes on one by one', async (t) => {
  const { db, put, row } = await tasksStore(t);
  const id = await put('mail', { callback: 'https://a.example' });
  const delayed: boolean[] = [];
  for (let deaths = 1; deaths <= 10; deaths++) {
    await db.query('update tidegate.tasks set not_before = null');
    assert.equal((await claim(db, randomUUID(), 'mail', 1)).length, 1);
    assert.equal(await requeueOfDead(db, randomUUID(), 5000), 1);
    delayed.push((await row(id))['not_before'] !== null);
  }
  const { state, error, failures, attempts, finished_at: finishedAt } = await row(id);
  assert.deepEqual(
    [state, error, failures],
    ['failed', 'Ten dispatchers have died while it was under way.', 0],
  );
  assert.equal((attempts as unknown[]).length, 10);
  assert.ok(finishedAt instanceof Date);
  assert.deepEqual(
    delayed,
    [1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((deaths) => deaths > 2 && deaths < 10),
  );
  const { rows } = await db.query('select failed from tidegate.totals');
  assert.deepEqual(rows, [{ failed: '1' }]);
  assert.equal((await db.query('select from tidegate.callbacks')).rowCount, 1);
});

test('what is ours by the books and nobody knows of is queued again, once it is old enough', async (t) => {
  const { db, put, row } = await tasksStore(t);
  const holder = randomUUID();
  const at = (secondsAgo: number): Record<string, unknown> => ({
    state: 'running',
    holder,
    attempt: 1,
    started_at: new Date(Date.now() - secondsAgo * 1000),
  });
  const [lost, known, young] = [
    await put('mail', at(60)),
    await put('mail', at(60)),
    await put('mail', at(0)),
  ];
  assert.equal(await requeueUnknown(db, holder, [known]), 1);
  const states = await Promise.all(
    [lost, known, young].map(async (id) => (await row(id))['state']),
  );
  assert.deepEqual(states, ['queued', 'running', 'running']);
  assert.equal((await row(lost))['attempt'], 0);
});

test('what is given back was never delivered', async (t) => {
  const { db, put, row } = await tasksStore(t);
  const holder = randomUUID();
  const id = await put('mail');
  const claims = (await claim(db, holder, 'mail', 1)).map((each) => ({ ...each, delayMs: 0 }));
  await giveBack(db, randomUUID(), claims);
  assert.equal((await row(id))['state'], 'running');
  await giveBack(db, holder, claims);
  const { state, attempt, attempts } = await row(id);
  assert.deepEqual([state, attempt, attempts], ['queued', 0, []]);

  // Nobody knew whether that was committed; meanwhile it is under way again, as the same attempt of the same holder.
  await claim(db, holder, 'mail', 1);
  assert.equal((await giveBack(db, holder, claims)).size, 0);
  assert.equal((await row(id))['state'], 'running');
});

test('what is given back for a while is not claimed before that', async (t) => {
  const { db, put, row } = await tasksStore(t);
  const holder = randomUUID();
  const id = await put('mail');
  const claims = (await claim(db, holder, 'mail', 1)).map((each) => ({ ...each, delayMs: 60_000 }));
  assert.equal((await giveBack(db, holder, claims)).size, 1);
  const { state, attempt, not_before: notBefore } = await row(id);
  assert.deepEqual([state, attempt], ['queued', 0]);
  assert.ok((notBefore as Date).getTime() > Date.now() + 30_000);
  assert.deepEqual(await claim(db, holder, 'mail', 1), []);
});
