import assert from 'node:assert/strict';
import { test } from 'node:test';
import { adminOf } from '../support/admin.ts';
import { until } from '../support/until.ts';
import { answers, api, configure, started } from '../support/versions.ts';

const DIES = `
  require('node:http').createServer((_, response) => response.end('dying'))
    .listen(process.env.PORT, process.env.HOST);
  setTimeout(() => process.exit(7), 4000);
`;

test('a revision that comes up and ends seconds later is rolled back, exit code 1', async (t) => {
  const project = await started(t, 'one');
  project.write('dies.cjs', DIES);
  configure(project, { api: api('two', { command: 'node dies.cjs' }) });
  const { code, out } = await project.run('deploy');
  assert.equal(code, 1, out);
  assert.match(out, /was rolled back.*api-\d+ exited with code 7/s);
  assert.equal(await answers(project.gatewayUrl), 'one');
});

test('down in the middle of a deployment is told to who follows it as what it is', async (t) => {
  const project = await started(t, 'one');
  const client = await adminOf(project.folder);
  configure(project, {
    api: api('two', { command: 'node nothing.cjs', health: { startup: '2m' } }),
  });
  project.write('nothing.cjs', 'setInterval(() => undefined, 1000)');
  const following = project.run('deploy');
  await until('it is under way', async () => (await client.status()).deployment !== null);
  assert.equal((await project.run('down')).code, 0);
  const { code, err } = await following;
  assert.equal(code, 1);
  assert.match(err, /Everything was stopped in the middle of deploy 1\./);
});
