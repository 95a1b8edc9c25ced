import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DeployAnswer } from '../../src/web/contract.ts';
import { adminOf } from '../support/admin.ts';
import { until } from '../support/until.ts';
import { answers, api, configure, ended, keepBusy, started } from '../support/versions.ts';

test('a deployment that is interrupted, or whose control plane is killed, stands still and is gone on with', async (t) => {
  const project = await started(t, 'one');
  const clients = keepBusy(t, project);
  const client = await adminOf(project.folder);
  const { control } = await client.status();
  configure(project, { api: api('two') });
  const half = async (): Promise<number> => {
    const begun = (await client.deploy()).deployment;
    assert.ok(begun);
    await until('the first is replaced', async () => {
      return (await client.deployment(begun.id)).steps.length > 0;
    });
    return begun.id;
  };
  const interrupted = await client.interrupt(await half());
  assert.equal(interrupted.state, 'interrupted');
  const seen = new Set<string>();
  await until('both revisions answer', async () => {
    seen.add(await answers(project.gatewayUrl));
    return seen.size === 2;
  });
  const back = await ended(client, client.rollback('api'));
  assert.equal(back.state, 'done', back.problem ?? '');
  assert.equal(await answers(project.gatewayUrl), 'one');

  const id = await half();
  process.kill(control.pid ?? 0, 'SIGKILL');
  const again = await project.run('up', '-d');
  assert.equal(again.code, 0, again.err);
  const { deployment } = await project.status();
  assert.equal(deployment?.id, id);
  assert.equal(deployment?.state, 'interrupted');
  const rest = await project.json<DeployAnswer>('deploy');
  assert.equal(rest.deployment?.state, 'done', rest.deployment?.problem ?? '');
  assert.equal(await answers(project.gatewayUrl), 'two');
  const { failed } = await clients.finish();
  assert.deepEqual(failed, {});
});
