/** Limits follow the capacity: what is accepted before and after a scale-up, how soon, and by the same HAProxy. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { adminOf, scaleTo } from '../support/admin.ts';
import { offer, type Offered } from '../support/offered.ts';
import { createProject, helloServer } from '../support/project.ts';
import { until } from '../support/until.ts';

const LIMIT = 20;
const STEADY_MS = 8_000;

test('a limit of twenty a second becomes sixty with three replicas, within a second, without a reload', async (t) => {
  const rateLimit = { per: 'ip', requests: LIMIT, window: '1s', followCapacity: true };
  const project = await createProject(
    t,
    {
      gateway: { routes: [{ path: '/*', service: 'web', rateLimit }] },
      services: { web: { command: 'node server.cjs', scale: { min: 1, max: 3 } } },
    },
    { 'server.cjs': helloServer() },
  );
  const up = await project.run('up', '-d');
  assert.equal(up.code, 0, up.err);
  const client = await adminOf(project.folder);
  await scaleTo(client, 'web', 1);
  const workers = workersOf((await project.status()).gateway.pid);

  let over = false;
  let quota = LIMIT;
  /** When an answer first spoke of each limit. */
  const limitedAt = new Map<number, number>();
  const load = offer(
    project.gatewayUrl,
    200,
    () => !over,
    (answer) => {
      if (answer.quota === null || answer.quota === quota) return;
      quota = answer.quota;
      limitedAt.set(quota, performance.now());
    },
  );
  const startedMs = performance.now();
  const passed = (sinceMs: number) => performance.now() - sinceMs > STEADY_MS;
  await until('the first limit is seen for a while', () => passed(startedMs), 2 * STEADY_MS);

  const readyAt = await whenReady(
    3,
    () => client.scale('web', 3),
    async () => (await client.service('web')).ready,
  );
  await until('the new limit is told', () => quota === 3 * LIMIT);
  const followedMs = performance.now();
  await until('the new limit is seen for a while', () => passed(followedMs), 2 * STEADY_MS);

  const downAt = await whenReady(
    1,
    () => client.scale('web', 1),
    async () => (await client.service('web')).ready,
  );
  await until('the old limit is told again', () => quota === LIMIT);
  const backMs = performance.now();
  await until('the old limit is seen for a while', () => passed(backMs), 2 * STEADY_MS);
  over = true;
  const answers = await load;

  const rate = (fromMs: number): number =>
    rateOf(answers, fromMs - startedMs + 2_000, STEADY_MS - 2_000);
  const [before, more, after] = [rate(startedMs), rate(followedMs), rate(backMs)];
  const lag = (limitAt: number | undefined, at: number): number => (limitAt ?? Infinity) - at;
  const [upMs, downMs] = [
    lag(limitedAt.get(3 * LIMIT), readyAt),
    lag(limitedAt.get(LIMIT), downAt),
  ];
  t.diagnostic(
    `accepted a second of 200: ${before.toFixed(1)} with one replica, ${more.toFixed(1)} with three, ${after.toFixed(1)} with one again`,
  );
  t.diagnostic(
    `told ${upMs.toFixed(0)} ms after three were seen ready, ${downMs.toFixed(0)} ms after one was`,
  );
  assert.deepEqual(workersOf((await project.status()).gateway.pid), workers, 'no reload');
  assert.ok(Math.abs(before - LIMIT) <= 1 && Math.abs(after - LIMIT) <= 1);
  assert.ok(Math.abs(more - 3 * LIMIT) <= 3);
  assert.ok(upMs < 1_000 && downMs < 1_000);
  assert.deepEqual(
    [...new Set(answers.map(({ status }) => status))].sort((a, b) => a - b),
    [200, 429],
  );
});

// Private

/** Accepted a second, within so long from a moment on. */
function rateOf(answers: readonly Offered[], fromMs: number, forMs: number): number {
  const within = answers.filter(({ atMs }) => atMs >= fromMs && atMs < fromMs + forMs);
  return within.filter(({ status }) => status === 200).length / (forMs / 1_000);
}

/** Changes something and returns when so many were first seen ready. */
async function whenReady(
  count: number,
  change: () => Promise<unknown>,
  ready: () => Promise<number>,
): Promise<number> {
  await change();
  await until(`${count} are ready`, async () => (await ready()) === count, 30_000);
  return performance.now();
}

/** A reload would bring another worker. */
function workersOf(master: number | null): string {
  return readFileSync(`/proc/${master}/task/${master}/children`, 'utf8').trim();
}
