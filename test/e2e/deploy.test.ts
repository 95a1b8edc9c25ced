import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Client } from '../../src/web/client.ts';
import type { DeployAnswer } from '../../src/web/contract.ts';
import { adminOf } from '../support/admin.ts';
import { freePort } from '../support/ports.ts';
import { answers, api, configure, ended, keepBusy, started } from '../support/versions.ts';

async function pids(client: Client): Promise<readonly (number | null)[]> {
  const { replicas } = await client.service('api');
  return replicas.filter(({ state }) => state === 'ready').map(({ pid }) => pid);
}

test('a changed program and its restart cost keep-alive clients nothing', async (t) => {
  const project = await started(t, 'one');
  const client = await adminOf(project.folder);
  const clients = keepBusy(t, project);
  const first = await pids(client);

  configure(project, { api: api('two') });
  const { deployment } = await project.json<DeployAnswer>('deploy');
  assert.equal(deployment?.state, 'done', deployment?.problem ?? '');
  assert.deepEqual(deployment?.changes, ['services.api.env.VERSION']);
  assert.equal(deployment?.traffic.failed, 0);
  assert.ok((deployment?.traffic.requests ?? 0) > 20);
  assert.equal(await answers(project.gatewayUrl), 'two');
  const second = await pids(client);
  assert.ok(second.every((pid) => !first.includes(pid)));

  assert.deepEqual(await client.deploy(), { deployment: null }, 'nothing differs any more');
  const restart = await ended(client, client.restart('api'));
  assert.equal(restart.state, 'done', restart.problem ?? '');
  const third = await pids(client);
  assert.ok(third.every((pid) => !second.includes(pid)));

  const { ok, failed } = await clients.finish();
  assert.deepEqual(failed, {});
  assert.ok(ok > 100, `${ok} answers`);
});

test('rules, routes and the port change without a replica being replaced', async (t) => {
  const project = await started(t, 'one');
  const client = await adminOf(project.folder);
  const before = await pids(client);
  const port = await freePort();
  configure(
    project,
    { api: api('one', { retries: 1, scale: { min: 2, max: 3 } }) },
    { port, routes: [{ path: '/here/*', service: 'api' }] },
  );
  const { state, problem, changes } = await ended(client, client.deploy());
  assert.equal(state, 'done', problem ?? '');
  assert.deepEqual(changes, [
    'gateway.port',
    'gateway.routes',
    'services.api.retries',
    'services.api.scale.max',
  ]);
  assert.equal(await answers(`http://127.0.0.1:${port}/here/x`), 'one');
  assert.equal((await fetch(`http://127.0.0.1:${port}/`)).status, 404);
  assert.deepEqual(await pids(client), before);
  assert.equal((await client.service('api')).max, 3);
});

test('a revision that does not start, or errs, is rolled back and the old one never left', async (t) => {
  const project = await started(t, 'one');
  const client = await adminOf(project.folder);
  const before = await pids(client);
  const clients = keepBusy(t, project);
  configure(project, { api: { ...api('two'), command: 'node missing.cjs' } });
  const broken = await project.run('deploy');
  assert.equal(broken.code, 1, broken.out + broken.err);
  assert.match(broken.out + broken.err, /Cannot find module/);
  const { ok, failed } = await clients.finish();
  assert.deepEqual(failed, {});
  assert.ok(ok > 0);
  assert.deepEqual(await pids(client), before);

  const erring = keepBusy(t, project);
  configure(project, { api: api('bad') });
  const bad = await ended(client, client.deploy());
  assert.equal(bad.state, 'rolled-back');
  assert.match(bad.problem ?? '', /failed \d+ of its \d+ requests/);
  assert.ok(bad.traffic.failed >= 5, 'the summary is honest');
  assert.deepEqual(await pids(client), before);
  assert.equal(await answers(project.gatewayUrl), 'one');
  await erring.finish();
});
