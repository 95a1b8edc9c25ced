import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { test } from 'node:test';
import { until } from '../../test/support/until.ts';
import { createSessionReader, membersOf, readProcessTable } from './table.ts';

test('one pass sees us, our parent and our session', () => {
  const table = readProcessTable();
  const us = table.get(process.pid);
  assert.ok(us);
  assert.ok(table.has(1));
  assert.ok(membersOf(table, us.sessionId).some(({ pid }) => pid === process.pid));
});

test('the reader finds sessions that appear after strangers were set aside, with their children', async (t) => {
  const read = createSessionReader();
  assert.equal(read(new Set()).size, 0);
  const child = spawn('sh', ['-c', 'sleep 300 & wait'], { detached: true, stdio: 'ignore' });
  const pid = child.pid as number;
  t.after(() => process.kill(-pid, 'SIGKILL'));
  const members = await until('two members', () => {
    const members = read(new Set([pid])).get(pid);
    return members?.length === 2 ? members : undefined;
  });
  assert.ok(members.every(({ sessionId }) => sessionId === pid));
  for (let pass = 0; pass < 25; pass++) assert.equal(read(new Set([pid])).get(pid)?.length, 2);
});
