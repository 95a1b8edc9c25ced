import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { tasksStore } from '../../../test/support/tasks-store.ts';
import { claim } from './claim.ts';
import { readBody } from './read-body.ts';

const HOLDER = randomUUID();

test('the most urgent are claimed first, then the oldest, and only what is ready', async (t) => {
  const { db, put, row } = await tasksStore(t);
  const old = await put('mail');
  const young = await put('mail');
  const urgent = await put('mail', { priority: 5 });
  await put('mail', { not_before: new Date(Date.now() + 3_600_000) });
  await put('mail', { state: 'cancelled' });
  await put('reports');

  const ids = async (most: number): Promise<readonly string[]> =>
    (await claim(db, HOLDER, 'mail', most)).map(({ id }) => id);
  assert.deepEqual(new Set(await ids(2)), new Set([urgent, old]));
  assert.deepEqual(await ids(10), [young]);
  assert.deepEqual(await ids(10), []);
  const { state, holder, attempt, started_at: startedAt } = await row(old);
  assert.deepEqual([state, holder, attempt], ['running', HOLDER, 1]);
  assert.ok(startedAt instanceof Date);
});

test('a claim brings what is delivered, and how long it has been ready', async (t) => {
  const { db, put } = await tasksStore(t);
  const id = await put('mail', {
    headers: { 'content-type': 'text/plain' },
    body: Buffer.from([0, 255]),
    identity: { subject: 'ada' },
    ready_at: new Date(Date.now() - 60_000),
    failures: 1,
    postponements: 2,
    breaks: 3,
    attempt: 3,
  });
  const [claimed] = await claim(db, HOLDER, 'mail', 1);
  assert.ok(claimed && claimed.waitedMs >= 59_000 && claimed.waitedMs < 120_000);
  assert.deepEqual(claimed, {
    id,
    queue: 'mail',
    attempt: 4,
    failures: 1,
    postponements: 2,
    breaks: 3,
    retries: 5,
    timeoutMs: 5000,
    method: 'POST',
    path: '/run',
    headers: { 'content-type': 'text/plain' },
    body: Buffer.from([0, 255]),
    bodyBytes: 2,
    subject: 'ada',
    waitedMs: claimed.waitedMs,
    startedAt: claimed.startedAt,
  });
});

test('those who claim at the same time get different tasks', async (t) => {
  const { db, put } = await tasksStore(t);
  for (let n = 0; n < 40; n++) await put('mail');
  const claims = await Promise.all([1, 2, 3, 4].map(() => claim(db, randomUUID(), 'mail', 10)));
  const ids = claims.flat().map(({ id }) => id);
  assert.equal(new Set(ids).size, ids.length);
});

test('a large body does not come with its claim, and is read in parts', async (t) => {
  const { db, put } = await tasksStore(t);
  const whole = randomBytes(9 << 20);
  const id = await put('mail', { body: whole });
  await put('mail', { body: null });
  const claims = await claim(db, HOLDER, 'mail', 2);
  const sizes = claims.map(({ body, bodyBytes }) => [body, bodyBytes]);
  assert.deepEqual(new Set(sizes.map(String)), new Set([`,${9 << 20}`, ',0']));
  assert.ok((await readBody(db, id, 9 << 20))?.equals(whole));
  assert.equal(await readBody(db, randomUUID(), 5), null);
});
