import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startTasksDatabase, testQueue } from '../../../test/support/tasks-database.ts';
import { newTask, type TaskContent } from '../new-task.ts';
import { createWriter } from './writer.ts';

const task = (given: Partial<TaskContent> = {}) =>
  newTask(testQueue(), { headers: {}, body: Buffer.from('x'), ...given });

test('those that come together are committed together', async (t) => {
  const { pool } = await startTasksDatabase(t);
  const writer = createWriter(pool);
  const sent = await Promise.all(Array.from({ length: 300 }, () => writer.write(task())));
  assert.ok(sent.every(({ kind }) => kind === 'written'));
  const { rows } = await pool.query(
    'select count(*)::int as tasks, count(distinct xmin::text)::int as commits from tidegate.tasks',
  );
  assert.deepEqual(rows, [{ tasks: 300, commits: 1 }]);
});

test('one that PostgreSQL refuses fails alone', async (t) => {
  const { pool } = await startTasksDatabase(t);
  const writer = createWriter(pool);
  const bad = task({ headers: { x: 'a\0b' } });
  const outcomes = await Promise.allSettled(
    [task(), bad, task()].map((each) => writer.write(each)),
  );
  assert.deepEqual(
    outcomes.map(({ status }) => status),
    ['fulfilled', 'rejected', 'fulfilled'],
  );
  assert.equal((await pool.query('select from tidegate.tasks')).rowCount, 2);
});

test('a key is written once, also where both come together', async (t) => {
  const { pool } = await startTasksDatabase(t);
  const writer = createWriter(pool);
  const idempotency = { key: 'k', fingerprint: Buffer.from('f') };
  const other = { key: 'k', fingerprint: Buffer.from('g') };
  const kinds = async (
    ...all: readonly TaskContent['idempotency'][]
  ): Promise<readonly string[]> => {
    const sent = await Promise.all(
      all.map((each) => writer.write(task({ idempotency: each ?? null }))),
    );
    return sent.map(({ kind }) => kind);
  };
  assert.deepEqual(await kinds(idempotency, null, idempotency), ['written', 'written', 'not-yet']);
  assert.deepEqual(await kinds(idempotency, other, null), ['replayed', 'key-used', 'written']);
  assert.equal((await pool.query('select from tidegate.tasks')).rowCount, 3);
});
