import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createProject } from '../support/project.ts';
import { allWhole, kill, PARTS, projectOf } from '../support/tasks-ledger/kills.ts';
import { linesOf, openTasksLedger } from '../support/tasks-ledger/ledger.ts';
import { sendTasks } from '../support/tasks-ledger/sender.ts';
import { until } from '../support/until.ts';

test('each part is killed once while tasks are sent, and every one that was taken is done, once in the books', async (t) => {
  const ledger = openTasksLedger(t, 150);
  const project = await createProject(t, projectOf(ledger.service));
  const up = await project.run('up', '-d');
  assert.equal(up.code, 0, up.out + up.err);
  const url = `${project.gatewayUrl}/tasks/default`;
  const sender = sendTasks(t, { url, tasks: 500, users: 8, thinkMs: 100 });
  for (const [index, part] of PARTS.entries()) {
    // So that each meets tasks that are under way.
    await until('more are sent', () => sender.ended() >= 80 * (index + 1));
    await until(`${part} is killed`, async () => {
      const killed = await kill(project, part, { chance: Math.random, absentMs: 0 });
      return killed.length > 0;
    });
  }
  await allWhole(project);
  const sent = await sender.done;
  await until('all have ended', async () => (await ledger.open()) === 0);
  const account = await ledger.account(sent);
  for (const line of linesOf(account, sent)) t.diagnostic(line);
  assert.deepEqual(account.lost, []);
  assert.deepEqual(account.notSucceeded, []);
  assert.deepEqual(account.undelivered, []);
  assert.deepEqual(account.twiceWithKey, []);
  assert.deepEqual(account.twiceWithoutKey, []);
});
