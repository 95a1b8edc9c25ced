/** Whatever a task needs on its way is killed at random, again and again, while 20,000 are sent; three accounts are compared. */
import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { createProject } from '../support/project.ts';
import { allWhole, kill, PARTS, projectOf, type Part } from '../support/tasks-ledger/kills.ts';
import { linesOf, openTasksLedger } from '../support/tasks-ledger/ledger.ts';
import { sendTasks } from '../support/tasks-ledger/sender.ts';
import { until } from '../support/until.ts';

const TASKS = Number(process.env['TASKS'] ?? 20_000);
const MOST_SECONDS = 240;
/** Two replicas with so many each: what one kill may cause to be delivered again. */
const AT_ONCE = 16;

test('20,000 tasks through kills of all parts: what was taken is done, and once in the books', async (t) => {
  const seed = Number(process.env['SEED'] ?? randomInt(1_000_000));
  t.diagnostic(`SEED=${seed}`);
  const chance = diceOf(seed);
  const ledger = openTasksLedger(t, 40);
  const project = await createProject(t, projectOf(ledger.service));
  const up = await project.run('up', '-d');
  assert.equal(up.code, 0, up.out + up.err);

  const startedMs = performance.now();
  const seconds = (): number => (performance.now() - startedMs) / 1000;
  const url = `${project.gatewayUrl}/tasks/default`;
  const sender = sendTasks(t, { url, tasks: TASKS, users: 30, thinkMs: 130 });
  const kills = new Map<Part, number>(PARTS.map((part) => [part, 0]));
  const anyPart = (): Part => PARTS[Math.floor(chance() * PARTS.length)] as Part;
  while (sender.ended() < TASKS && seconds() < MOST_SECONDS) {
    const part = anyPart();
    // Half of the time something else goes while nobody looks after it.
    const meanwhile = chance() < 0.5 ? { meanwhile: anyPart() } : {};
    const killed = await kill(project, part, { chance, absentMs: 1500, ...meanwhile });
    for (const each of killed) kills.set(each, (kills.get(each) ?? 0) + 1);
    await delay(killed.length > 0 ? 200 + 1800 * chance() : 100);
  }
  const killedSeconds = seconds();
  await allWhole(project);
  const sent = await sender.done;
  await until('all have ended', async () => (await ledger.open()) === 0, 120_000);

  const account = await ledger.account(sent);
  const times = [...kills].map(([part, count]) => `${part} ${count}`).join(', ');
  t.diagnostic(
    `killed in ${killedSeconds.toFixed(0)} s: ${times}; all done ${(seconds() - killedSeconds).toFixed(1)} s after the last`,
  );
  for (const line of linesOf(account, sent)) t.diagnostic(line);
  assert.equal(account.accepted + account.unknown, TASKS);
  assert.deepEqual(account.lost, []);
  assert.deepEqual(account.notSucceeded, []);
  assert.deepEqual(account.undelivered, []);
  assert.deepEqual(account.twiceWithKey, []);
  assert.deepEqual(account.twiceWithoutKey, []);
  const all = [...kills.values()].reduce((sum, count) => sum + count, 0);
  assert.ok(
    [...kills.values()].every((count) => count > 0),
    'each part was killed',
  );
  assert.ok(account.repeated <= all * AT_ONCE, 'repeated is what was under way at a kill');
});

// Private

/** The same throws for the same seed: mulberry32. */
function diceOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
