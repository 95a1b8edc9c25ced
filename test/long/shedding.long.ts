/** A service that is asked five times as much as it can answer: what it can is answered in time, the rest refused at once. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { adminOf } from '../support/admin.ts';
import { offer } from '../support/offered.ts';
import { createProject, helloServer } from '../support/project.ts';

const SECONDS = 30;
/** Two at a time, 0.1 s each. */
const ANSWERABLE = 20;

/** Until it is known how long requests take, they wait and time out. */
const LEARNING_MS = 5_000;

test('five times too many requests cost no answer that was possible, and are no error of the service', async (t) => {
  const project = await createProject(
    t,
    {
      gateway: { routes: [{ path: '/*', service: 'web', timeout: '2s' }] },
      services: {
        web: { command: 'node server.cjs', concurrency: 2, scale: { min: 1, max: 1 } },
      },
    },
    { 'server.cjs': helloServer(100) },
  );
  const up = await project.run('up', '-d');
  assert.equal(up.code, 0, up.err);
  const client = await adminOf(project.folder);

  const answers = await offer(project.gatewayUrl, 5 * ANSWERABLE, (atMs) => atMs < SECONDS * 1_000);
  const { signals } = await client.service('web');
  const later = answers.filter(({ atMs }) => atMs > LEARNING_MS && atMs < SECONDS * 1_000);
  const answered = later.filter(({ status }) => status === 200);
  const perSecond = answered.length / (SECONDS - LEARNING_MS / 1_000);
  const slowest = Math.max(...later.map(({ tookMs }) => tookMs));
  const refused = later.filter(({ status }) => status === 503).map(({ tookMs }) => tookMs);
  const median = refused.toSorted((a, b) => a - b)[Math.floor(refused.length / 2)] ?? Infinity;
  t.diagnostic(
    `${perSecond.toFixed(1)} a second answered of ${ANSWERABLE} possible, the slowest in ${slowest.toFixed(0)} ms; ${refused.length} refused, half of them within ${median.toFixed(0)} ms; errors ${signals.errors}`,
  );
  assert.ok(perSecond > 0.85 * ANSWERABLE);
  assert.ok(slowest < 2_500);
  assert.ok(median < 500);
  assert.equal(signals.errors, 0);
  assert.deepEqual(
    [...new Set(later.map(({ status }) => status))].sort((a, b) => a - b),
    [200, 503],
  );
});
