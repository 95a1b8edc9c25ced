import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DeployAnswer } from '../../src/web/contract.ts';
import { adminOf, scaleTo } from '../support/admin.ts';
import { keepAsking } from '../support/clients.ts';
import { createProject, helloServer } from '../support/project.ts';

const ROUNDS = 10;
const REPLICAS = 4;

test(`${ROUNDS} restarts of ${REPLICAS} replicas under constant load lose no GET and no POST`, async (t) => {
  const project = await createProject(
    t,
    { services: { api: { command: 'node server.cjs', scale: { min: REPLICAS, max: 8 } } } },
    { 'server.cjs': helloServer(5) },
  );
  const { code, err } = await project.run('up', '-d');
  assert.equal(code, 0, err);
  const client = await adminOf(project.folder);
  await scaleTo(client, 'api', REPLICAS);
  const readers = keepAsking(t, project.gatewayUrl, { users: 20, thinkMs: 10 });
  const body = 'x'.repeat(5_000);
  const writers = keepAsking(t, project.gatewayUrl, {
    users: 10,
    thinkMs: 10,
    method: 'POST',
    body,
  });
  let [gatewayRequests, gatewayFailed] = [0, 0];
  for (let round = 1; round <= ROUNDS; round++) {
    const { deployment } = await project.json<DeployAnswer>('restart', 'api');
    assert.equal(deployment?.state, 'done', deployment?.problem ?? '');
    const { requests, failed, p95BeforeMs, p95DuringMs } = deployment?.traffic ?? {
      requests: 0,
      failed: 0,
      p95BeforeMs: null,
      p95DuringMs: null,
    };
    gatewayRequests += requests;
    gatewayFailed += failed;
    t.diagnostic(
      `restart ${round}: ${requests} requests, ${failed} failed; p95 ${p95BeforeMs} ms before, ${p95DuringMs} ms during`,
    );
  }
  const [read, written] = [await readers.finish(), await writers.finish()];
  const failed = { ...read.failed, ...written.failed };
  t.diagnostic(
    `${ROUNDS} restarts of ${REPLICAS} replicas: ${read.ok} GET and ${written.ok} POST answered, failed: ${JSON.stringify(failed)}; the gateway counted ${gatewayRequests} requests, ${gatewayFailed} failed`,
  );
  assert.deepEqual(failed, {});
  assert.equal(gatewayFailed, 0);
  const least = ROUNDS * 100;
  assert.ok(Math.min(read.ok, written.ok, gatewayRequests) > least, 'the load went on throughout');
});
