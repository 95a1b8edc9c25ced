import assert from 'node:assert/strict';
import { test } from 'node:test';
import { carriersOf, endControl, runningOf } from '../support/control.ts';
import { createProject, helloServer, runCommand } from '../support/project.ts';

const SERVICES = { services: { web: { command: 'node web.cjs', scale: { max: 1 } } } };
const FILES = { 'web.cjs': helloServer() };

test('a project whose .tidegate was copied from one that runs leaves that one alone', async (t) => {
  const first = await createProject(t, SERVICES, FILES);
  const second = await createProject(t, SERVICES, FILES);
  assert.equal((await first.run('up', '-d')).code, 0);
  const before = runningOf(await first.status());
  const carriers = carriersOf(first.folder);
  const copied = await runCommand('cp', ['-a', '.tidegate', second.folder], first.folder);
  assert.equal(copied.code, 0, copied.err);

  assert.notEqual((await second.run('status')).code, 0, 'nothing runs here');
  assert.match((await second.run('down')).out, /^It was not running\.\n$/);
  const { code, out, err } = await second.run('up', '-d');
  assert.equal(code, 0, out + err);
  assert.doesNotMatch(err, /Went on|cannot be proved/);
  const { web } = Object.fromEntries(
    (await second.status()).services.map((each) => [each.name, each]),
  );
  assert.deepEqual(
    web?.replicas.map(({ id }) => id),
    ['web-2'],
    'numbers go on',
  );
  assert.deepEqual(runningOf(await first.status()), before);

  await endControl(first.folder, 'SIGKILL');
  await endControl(second.folder, 'SIGKILL');
  assert.equal((await second.run('down')).code, 0);
  assert.deepEqual(carriersOf(second.folder), []);
  const left = carriersOf(first.folder);
  assert.deepEqual(
    left.filter((pid) => !carriers.includes(pid)),
    [],
  );
  assert.equal((await fetch(first.gatewayUrl)).status, 200);
});
