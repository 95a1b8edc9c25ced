import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { DeployAnswer } from '../../src/web/contract.ts';
import { adminOf } from '../support/admin.ts';
import { endControl } from '../support/control.ts';
import { until } from '../support/until.ts';
import { answers, api, configure, ended, keepBusy, started } from '../support/versions.ts';

/** Of those started since `came` was taken away the first comes up; the others do when `hold` is gone. */
const HELD = `
  const { existsSync, mkdirSync } = require('node:fs');
  const isFirst = !existsSync('came');
  mkdirSync('came', { recursive: true });
  const waiting = setInterval(() => {
    if (!isFirst && existsSync('hold')) return;
    clearInterval(waiting);
    require('./server.cjs');
  }, 50);
`;

test('a deployment that is interrupted, or whose control plane is killed, stands still and is gone on with', async (t) => {
  const project = await started(t, 'one');
  const clients = keepBusy(t, project);
  const client = await adminOf(project.folder);
  project.write('held.cjs', HELD);
  configure(project, { api: api('two', { command: 'node held.cjs' }) });
  const hold = join(project.folder, 'hold');
  const half = async (): Promise<number> => {
    // However long it is looked at, it gets no further.
    rmSync(join(project.folder, 'came'), { recursive: true, force: true });
    writeFileSync(hold, '');
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
  await endControl(project.folder, 'SIGKILL');
  const again = await project.run('up', '-d');
  assert.equal(again.code, 0, again.err);
  const { deployment } = await project.status();
  assert.equal(deployment?.id, id);
  assert.equal(deployment?.state, 'interrupted');
  rmSync(hold);
  const rest = await project.json<DeployAnswer>('deploy');
  assert.equal(rest.deployment?.state, 'done', rest.deployment?.problem ?? '');
  assert.equal(await answers(project.gatewayUrl), 'two');
  const { failed } = await clients.finish();
  assert.deepEqual(failed, {});
});
