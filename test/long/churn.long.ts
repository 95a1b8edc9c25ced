/** The count of replicas changes a hundred times under load; no client loses anything by it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { adminOf, scaleTo } from '../support/admin.ts';
import { linesOf, openLedger } from '../support/ledger/ledger.ts';
import { createProject } from '../support/project.ts';
import { until } from '../support/until.ts';

const CHANGES = 100;
const REQUESTS = 200_000;
const MOST = 6;

test('a hundred scale-ups and scale-downs under load cost no request', async (t) => {
  const ledger = openLedger(t);
  const project = await createProject(t, {
    services: { web: { ...ledger.service, scale: { min: 1, max: MOST } } },
  });
  const up = await project.run('up', '-d');
  assert.equal(up.code, 0, up.err);
  const client = await adminOf(project.folder);
  const sender = ledger.send({ url: project.gatewayUrl, users: 40, thinkMs: 10 });

  const startedMs = performance.now();
  const ups = { changes: 0, replicas: 0, tookMs: 0 };
  const downs = { changes: 0, replicas: 0, tookMs: 0 };
  let count = 1;
  for (let change = 0; change < CHANGES; change++) {
    const next = otherThan(count);
    const direction = next > count ? ups : downs;
    direction.changes++;
    direction.replicas += Math.abs(next - count);
    const changedMs = performance.now();
    await scaleTo(client, 'web', next, 60_000);
    direction.tookMs += performance.now() - changedMs;
    count = next;
    // So that the changes are spread over all requests.
    const due = ((change + 1) * REQUESTS) / CHANGES;
    await until('the load goes on', async () => (await sender.progress()).ended >= due, 60_000);
  }
  const account = await sender.finish();
  const seconds = (performance.now() - startedMs) / 1000;

  for (const [name, { changes, replicas, tookMs }] of Object.entries({ up: ups, down: downs })) {
    t.diagnostic(
      `${changes} times ${name} (${replicas} replicas), ${Math.round(tookMs / changes)} ms each`,
    );
  }
  const requests = account.gets.sent + account.posts.sent;
  t.diagnostic(`${(requests / seconds).toFixed(0)} requests a second`);
  for (const line of linesOf(account)) t.diagnostic(line);
  assert.deepEqual(account.gets.failures, []);
  assert.deepEqual(account.posts.failures, []);
  assert.deepEqual(account.posts.twice, []);
  assert.deepEqual(account.posts.missing, []);
});

// Private

/** 1 to `MOST`, each other count as likely. */
function otherThan(count: number): number {
  const drawn = 1 + Math.floor(Math.random() * (MOST - 1));
  return drawn < count ? drawn : drawn + 1;
}
