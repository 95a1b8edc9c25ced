import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DeployAnswer, Status } from '../../src/web/contract.ts';
import { freePort } from '../support/ports.ts';
import type { Project } from '../support/project.ts';
import { answers, api, configure, keepBusy, started } from '../support/versions.ts';

const serviceOf = ({ services }: Status) => services[0] as Status['services'][number];

async function pids(project: Project): Promise<readonly (number | null)[]> {
  const { replicas } = serviceOf(await project.status());
  return replicas.filter(({ state }) => state === 'ready').map(({ pid }) => pid);
}

test('a changed program and its restart cost keep-alive clients nothing', async (t) => {
  const project = await started(t, 'one');
  const clients = keepBusy(t, project);
  const first = await pids(project);

  configure(project, { api: api('two') });
  const { deployment } = await project.json<DeployAnswer>('deploy');
  assert.equal(deployment?.state, 'done', deployment?.problem ?? '');
  assert.deepEqual(deployment?.changes, ['services.api.env.VERSION']);
  assert.equal(deployment?.traffic.failed, 0);
  assert.ok((deployment?.traffic.requests ?? 0) > 20);
  assert.equal(await answers(project.gatewayUrl), 'two');
  const second = await pids(project);
  assert.ok(second.every((pid) => !first.includes(pid)));

  assert.deepEqual(await project.json('deploy'), { deployment: null });
  const restart = await project.json<DeployAnswer>('restart', 'api');
  assert.equal(restart.deployment?.state, 'done', restart.deployment?.problem ?? '');
  const third = await pids(project);
  assert.ok(third.every((pid) => !second.includes(pid)));

  const { ok, failed } = await clients.finish();
  assert.deepEqual(failed, {});
  assert.ok(ok > 100, `${ok} answers`);
});

test('rules, routes and the port change without a replica being replaced', async (t) => {
  const project = await started(t, 'one');
  const before = await pids(project);
  const port = await freePort();
  configure(
    project,
    { api: api('one', { retries: 1, scale: { min: 2, max: 3 } }) },
    { port, routes: [{ path: '/here/*', service: 'api' }] },
  );
  const { deployment } = await project.json<DeployAnswer>('deploy');
  assert.equal(deployment?.state, 'done', deployment?.problem ?? '');
  assert.deepEqual(deployment?.changes, [
    'gateway.port',
    'gateway.routes',
    'services.api.retries',
    'services.api.scale.max',
  ]);
  assert.equal(await answers(`http://127.0.0.1:${port}/here/x`), 'one');
  assert.equal((await fetch(`http://127.0.0.1:${port}/`)).status, 404);
  assert.deepEqual(await pids(project), before);
  assert.equal(serviceOf(await project.status()).max, 3);
});

test('a revision that does not start, or errs, is rolled back and the old one never left', async (t) => {
  const project = await started(t, 'one');
  const before = await pids(project);
  const clients = keepBusy(t, project);
  configure(project, { api: { ...api('two'), command: 'node missing.cjs' } });
  const broken = await project.run('deploy');
  assert.equal(broken.code, 1, broken.out + broken.err);
  assert.match(broken.out + broken.err, /Cannot find module/);
  const { ok, failed } = await clients.finish();
  assert.deepEqual(failed, {});
  assert.ok(ok > 0);
  assert.deepEqual(await pids(project), before);

  const erring = keepBusy(t, project);
  configure(project, { api: api('bad') });
  const bad = await project.run('deploy', '--json');
  assert.equal(bad.code, 1, bad.out + bad.err);
  const { deployment } = JSON.parse(bad.out) as DeployAnswer;
  assert.equal(deployment?.state, 'rolled-back');
  assert.match(deployment?.problem ?? '', /failed \d+ of its \d+ requests/);
  assert.ok((deployment?.traffic.failed ?? 0) >= 5, 'the summary is honest');
  assert.deepEqual(await pids(project), before);
  assert.equal(await answers(project.gatewayUrl), 'one');
  await erring.finish();
});
