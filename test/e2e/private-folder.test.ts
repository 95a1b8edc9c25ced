import assert from 'node:assert/strict';
import { chmodSync, existsSync } from 'node:fs';
import { test } from 'node:test';
import { stateFolder } from '../../src/state/folder.ts';
import { createProject, helloServer } from '../support/project.ts';
import { until } from '../support/until.ts';

test('latency is measured also in a folder that only its owner may enter', async (t) => {
  const project = await createProject(
    t,
    { services: { web: { command: 'node server.cjs' } } },
    { 'server.cjs': helloServer() },
  );
  chmodSync(project.folder, 0o700);
  const { run } = stateFolder(project.folder);
  const up = await project.run('up', '-d');
  assert.equal(up.code, 0, up.err);
  await until('a latency', async () => {
    // A percentile takes twenty requests of the last ten seconds.
    for (let asked = 0; asked < 25; asked++) await (await fetch(project.gatewayUrl)).text();
    const { services } = await project.status();
    // A fast answer takes 0 ms, which is a latency too.
    return typeof services[0]?.signals.latencyP95Ms === 'number';
  });
  assert.equal((await project.run('down')).code, 0);
  if (process.getuid?.() === 0) assert.ok(!existsSync(run), 'nothing is left outside the project');
});
