import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from '../../test/support/temporary.ts';
import { openSql } from './sql.ts';
import { createWriteBehind } from './write-behind.ts';

function scripted(t: Parameters<typeof temporaryFolder>[0]) {
  const sql = openSql(join(temporaryFolder(t), 'x.db'));
  t.after(() => sql.close());
  sql.exec('CREATE TABLE numbers (number INTEGER NOT NULL)');
  const time = { now: 0 };
  const behind = createWriteBehind(sql, () => time.now);
  return {
    time,
    behind,
    add: (number: number | null) =>
      behind.later(() => sql.run('INSERT INTO numbers VALUES (?)', number)),
    written: () => sql.all('SELECT number FROM numbers').map((row) => row['number']),
  };
}

test('writes wait until five seconds have passed, then all go at once', (t) => {
  const { time, add, written } = scripted(t);
  add(1);
  time.now = 4_999;
  add(2);
  assert.deepEqual(written(), []);
  time.now = 5_000;
  add(3);
  assert.deepEqual(written(), [1, 2, 3]);
  time.now = 9_999;
  add(4);
  assert.deepEqual(written(), [1, 2, 3]);
});

test('a flush writes what waits, and a clock set back does not keep it waiting', (t) => {
  const { time, add, written, behind } = scripted(t);
  time.now = 1_000_000;
  add(1);
  behind.flush();
  assert.deepEqual(written(), [1]);
  add(2);
  time.now = 0;
  add(3);
  assert.deepEqual(written(), [1, 2, 3]);
});

test('when one write fails, none of the batch is made, and the next batch is not held up by it', (t) => {
  const { add, written, behind } = scripted(t);
  add(1);
  add(null);
  assert.throws(() => behind.flush(), /NOT NULL/);
  assert.deepEqual(written(), []);
  add(2);
  behind.flush();
  assert.deepEqual(written(), [2]);
});
