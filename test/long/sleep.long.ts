/** Sleep and wake: what the hold adds to the program's own start, and a crowd that waits at once. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { adminOf } from '../support/admin.ts';
import { ask } from '../support/gateway.ts';
import { createProject } from '../support/project.ts';
import { ownStartMs, SLEEPER } from '../support/sleeper.ts';
import { until } from '../support/until.ts';

const WAKES = 50;
const CROWD = 2_000;

const web = {
  command: `${process.execPath} web.cjs`,
  health: { path: '/' },
  scale: { min: 0, max: 3, sleepAfter: '100ms', interval: '250ms', burst: { window: '500ms' } },
};

test(`${WAKES} wakes: the hold adds at most 50 ms (p95) to the program's own start`, async (t) => {
  const project = await createProject(t, { services: { web } }, { 'web.cjs': SLEEPER });
  assert.equal((await project.run('up', '-d')).code, 0);
  const client = await adminOf(project.folder);
  const direct: number[] = [];
  const woken: number[] = [];
  const added: number[] = [];
  for (let wake = 0; wake < WAKES; wake++) {
    await until('it to be asleep', async () => (await client.service('web')).asleep);
    direct.push(await ownStartMs(t, project.folder, 'web.cjs'));
    const askedAt = performance.now();
    const { status, body } = await ask(project.gatewayPort);
    const tookMs = performance.now() - askedAt;
    assert.equal(status, 200);
    woken.push(tookMs);
    // On a busy machine no two starts are alike: what this one took by itself is taken off.
    added.push(tookMs - Number(body));
  }
  for (const [what, values] of Object.entries({
    'started directly': direct,
    'woken by a request': woken,
    'added by the hold': added,
  }))
    t.diagnostic(
      `${what}: p50 ${quantile(values, 0.5)} ms, p95 ${quantile(values, 0.95)} ms, most ${quantile(values, 1)} ms`,
    );
  const p95Ms = quantile(added, 0.95);
  assert.ok(p95Ms <= 50, `p95 of what is added: ${p95Ms} ms`);
});

test(`${CROWD} requests that wait at once are all answered, and wake one replica`, async (t) => {
  const slow = { ...web, command: `sh -c "sleep 3; exec ${process.execPath} web.cjs"` };
  const project = await createProject(t, { services: { web: slow } }, { 'web.cjs': SLEEPER });
  assert.equal((await project.run('up', '-d')).code, 0);
  const client = await adminOf(project.folder);
  const askedAt = performance.now();
  const took: number[] = [];
  const waiting = Array.from({ length: CROWD }, async () => {
    const { status } = await ask(project.gatewayPort);
    took.push(performance.now() - askedAt);
    return status;
  });
  await until('a replica to start', async () => (await client.service('web')).desired === 1);
  const statuses = await Promise.all(waiting);
  const firstMs = Math.min(...took);
  t.diagnostic(
    `${CROWD} waited, the first was answered after ${Math.round(firstMs)} ms, p95 of the others ${quantile(took, 0.95) - Math.round(firstMs)} ms later, the last ${quantile(took, 1) - Math.round(firstMs)} ms`,
  );
  assert.equal(statuses.filter((status) => status === 200).length, CROWD);
  const { decisions } = await client.decisions('web', { last: 100 });
  const ups = decisions.filter(({ current, desired }) => current === 0 && desired > 0);
  assert.deepEqual(
    ups.map(({ desired }) => desired),
    [1],
  );
});

// Private

function quantile(values: readonly number[], fraction: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return Math.round(sorted[Math.ceil(fraction * sorted.length) - 1] ?? NaN);
}
