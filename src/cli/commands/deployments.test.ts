import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deployment, T0, view } from '../../../test/support/fake-control.ts';
import { runCommand } from '../../../test/support/command.ts';
import { folderOf, startFakeWeb } from '../../../test/support/fake-web.ts';
import { temporaryFolder } from '../../../test/support/temporary.ts';
import { TidegateError } from '../../kit/errors.ts';
import { register as registerDeploy } from './deploy.ts';
import { register as registerRestart } from './restart.ts';
import { register as registerRollback } from './rollback.ts';

const DONE = deployment({
  state: 'done',
  endedAt: T0 + 12_300,
  services: [{ name: 'api', from: 'a1b2c3d', to: 'b2c3d4e', replaced: 3, of: 3 }],
});

test('deploy shows the steps and says what changed, what was replaced and what became of the requests', async (t) => {
  const web = await startFakeWeb(t);
  web.control.begins = DONE;
  const where = ['-c', `${folderOf(t, web)}/tidegate.config.ts`];
  const { code, out, err } = await runCommand(registerDeploy, ['deploy', 'api', ...where]);
  assert.equal(code, 0);
  assert.deepEqual(web.control.asked, [['deploy', 'api']]);
  assert.equal(err.length, 1);
  assert.match(err[0] as string, / api: api-4 starts$/);
  assert.deepEqual(out, [
    'deploy 7 is done after 12.3 s.',
    '  changed: services.api.command',
    '  api: a1b2c3d → b2c3d4e, 3 of 3 replicas replaced',
    '  meanwhile: 1,200 requests, 0 failed; p95 40 ms before, 44 ms during',
  ]);
});

test('deploy with nothing changed says so', async (t) => {
  const web = await startFakeWeb(t);
  const where = ['-c', `${folderOf(t, web)}/tidegate.config.ts`];
  const { code, out } = await runCommand(registerDeploy, ['deploy', ...where]);
  assert.deepEqual([code, out], [0, ['Nothing differs from what is in force.']]);
  const json = await runCommand(registerDeploy, ['deploy', '--json', ...where]);
  assert.deepEqual(json.out, ['{"deployment":null}']);
});

test('deploy --interrupt stops the one that is under way, from any terminal', async (t) => {
  const web = await startFakeWeb(t);
  const where = ['-c', `${folderOf(t, web)}/tidegate.config.ts`];
  const none = await runCommand(registerDeploy, ['deploy', '--interrupt', ...where]);
  assert.deepEqual([none.code, none.err[0]], [2, 'No deployment is under way.']);
  web.control.begins = deployment();
  web.control.current = view({ deployment: deployment() });
  const { code, out, err } = await runCommand(registerDeploy, ['deploy', '--interrupt', ...where]);
  assert.deepEqual([code, err], [0, ['Interrupting deploy 7.']]);
  assert.deepEqual(web.control.asked, [['interrupt', 7]]);
  assert.match(out[0] ?? '', /^deploy 7 was interrupted/);
  assert.match(out.at(-1) ?? '', /goes on with it/);
});

test('rollback and restart name their service, and --json is one object', async (t) => {
  const web = await startFakeWeb(t);
  web.control.begins = DONE;
  const where = ['-c', `${folderOf(t, web)}/tidegate.config.ts`];
  for (const [name, register] of [
    ['rollback', registerRollback],
    ['restart', registerRestart],
  ] as const) {
    const { code, out, err } = await runCommand(register, [name, 'api', '--json', ...where]);
    assert.deepEqual([code, out.length, err], [0, 1, []]);
    assert.deepEqual(JSON.parse(out[0] as string), { deployment: await web.client.deployment(7) });
    assert.deepEqual(web.control.asked.at(-1), [name, 'api']);
    assert.equal((await runCommand(register, [name, 'apo', ...where])).code, 2);
  }
});

test('a configuration that is wrong comes back with all its problems, exit 2', async (t) => {
  const web = await startFakeWeb(t);
  const errors = [{ path: 'services.api.comand' }, { path: 'gateway.prt' }];
  web.control.begins = new TidegateError('CONFIG_INVALID', 'x.ts has 2 problems:\n  a\n  b', {
    exitCode: 2,
    facts: { errors },
  });
  const where = ['-c', `${folderOf(t, web)}/tidegate.config.ts`];
  const { code, err } = await runCommand(registerDeploy, ['deploy', ...where]);
  assert.deepEqual([code, err], [2, ['x.ts has 2 problems:\n  a\n  b']]);
  const json = await runCommand(registerDeploy, ['deploy', '--json', ...where]);
  assert.equal(json.code, 2);
  assert.deepEqual((JSON.parse(json.out[0] as string) as { errors: unknown }).errors, errors);
});

test('another file than the one Tidegate was started with is refused', async (t) => {
  const web = await startFakeWeb(t);
  const own = `${temporaryFolder(t)}/tidegate.config.ts`;
  const folder = folderOf(t, web, { configPath: own });
  const { code, err } = await runCommand(registerDeploy, ['deploy', '-c', `${folder}/other.ts`]);
  assert.equal(code, 2);
  assert.equal(err[0], `Tidegate was started with ${own}, not with ${folder}/other.ts.`);
  assert.deepEqual(web.control.asked, []);
});
