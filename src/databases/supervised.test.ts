import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { until } from '../../test/support/until.ts';
import {
  MAIN,
  CACHE,
  stateFolderOf,
  query,
  command,
  viewOf,
} from '../../test/support/databases.ts';

test('one that is killed comes back where it was, with what was committed, whoever started it', async (t) => {
  const { open } = stateFolderOf(t);
  await (async () => {
    const first = open([MAIN, CACHE]);
    await first.start();
    await first.close();
  })();
  const databases = open([MAIN, CACHE]);
  const changes: string[] = [];
  databases.onChange(({ name, change }) => changes.push(`${name} ${change}`));
  await databases.start();
  const main = databases.url('main');
  await query(main, 'create table kept as select 7 as number');
  // A backend that does not look whether its postmaster lives holds its memory for a while.
  const busy = query(main, 'select count(*) from generate_series(1, 20000000)').catch(
    () => undefined,
  );
  for (const name of ['main', 'cache']) {
    const { pid } = viewOf(databases, name);
    assert.ok(pid);
    process.kill(pid, 'SIGKILL');
    await until(`${name} is seen to have ended`, () => changes.includes(`${name} ended`));
    await until(`${name} is back`, () => viewOf(databases, name).state === 'ready');
    assert.notEqual(viewOf(databases, name).pid, pid);
    assert.equal(viewOf(databases, name).problem, null);
  }
  await busy;
  assert.equal(databases.url('main'), main);
  assert.deepEqual(await query(main, 'select number from kept'), [7]);
  assert.deepEqual(changes.toSorted(), ['cache back', 'cache ended', 'main back', 'main ended']);
});

test('a port that is taken while it is away is waited for: everybody looks for it there', async (t) => {
  const { open, warnings } = stateFolderOf(t);
  const databases = open([CACHE], { againMs: 10 });
  await databases.start();
  const url = databases.url('cache');
  const taker = createServer();
  t.after(() => taker.close());
  databases.onChange(({ change }) => {
    if (change === 'ended') taker.listen(Number(new URL(url).port), '127.0.0.1');
  });
  const { pid } = viewOf(databases, 'cache');
  assert.ok(pid);
  process.kill(pid, 'SIGKILL');
  const problem = await until('it says so', () =>
    viewOf(databases, 'cache').problem?.includes('another program'),
  );
  assert.equal(problem, true);
  taker.close();
  await until('it is back', () => viewOf(databases, 'cache').state === 'ready');
  assert.equal(databases.url('cache'), url);
  assert.equal(await command(url, 'PING'), 'PONG');
  assert.deepEqual(warnings, []);
});

test('one that ends as soon as it is there is given up after five times, and that is told', async (t) => {
  const { open } = stateFolderOf(t);
  const databases = open([CACHE], { againMs: 10 });
  const changes: string[] = [];
  databases.onChange(({ change, message }) => {
    changes.push(change === 'failed' ? message : change);
    const { pid } = viewOf(databases, 'cache');
    if (change === 'back' && pid !== null) process.kill(pid, 'SIGKILL');
  });
  await databases.start();
  const { pid } = viewOf(databases, 'cache');
  assert.ok(pid);
  process.kill(pid, 'SIGKILL');
  await until('it is given up', () => viewOf(databases, 'cache').state === 'failed');
  assert.deepEqual(changes, [
    ...Array.from({ length: 5 }, () => ['ended', 'back']).flat(),
    'ended',
    'The database cache is tried once a minute from now on: it ends as soon as it is there.',
  ]);
});
