import assert from 'node:assert/strict';
import { test } from 'node:test';
import { adminOf } from '../support/admin.ts';
import { until } from '../support/until.ts';
import { answers, api, configure, started } from '../support/versions.ts';

/** The first one ends when the second one has begun: long after it took requests, long before it all is done. */
const DIES = `
  const { existsSync, mkdirSync } = require('node:fs');
  require('node:http').createServer((_, response) => response.end('dying'))
    .listen(process.env.PORT, process.env.HOST);
  const isSecond = existsSync('first');
  mkdirSync(isSecond ? 'second' : 'first', { recursive: true });
  if (!isSecond) setInterval(() => existsSync('second') && process.exit(7), 50);
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
