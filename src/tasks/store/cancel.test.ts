import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { tasksStore } from '../../../test/support/tasks-store.ts';
import { cancelTask } from './cancel.ts';
import { claim } from './claim.ts';

test('an attempt that was cancelled while it ran stands among the others; of one that waited there is none', async (t) => {
  const { db, put } = await tasksStore(t);
  const running = (await put('mail')).replaceAll('-', '');
  await claim(db, randomUUID(), 'mail', 1);
  const waiting = (await put('mail')).replaceAll('-', '');
  const { attempts, state } = await cancelTask(db, running);
  assert.equal(state, 'cancelled');
  assert.deepEqual(
    attempts.map(({ number, outcome, status, error }) => [number, outcome, status, error]),
    [[1, 'interrupted', null, 'It was cancelled.']],
  );
  assert.deepEqual((await cancelTask(db, waiting)).attempts, []);
});
