import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { ConfigDrift } from '../../src/web/contract.ts';
import { createClient, findControl } from '../../src/web/client.ts';
import { createProject, helloServer } from '../support/project.ts';
import { until } from '../support/until.ts';

test('a configuration file that is changed by hand is noticed and shown, and applied only by deploy', async (t) => {
  const project = await createProject(
    t,
    { services: { app: { command: 'node app.cjs', scale: { min: 1, max: 1 } } } },
    { 'app.cjs': helloServer() },
  );
  const path = join(project.folder, 'tidegate.config.json');
  const original = readFileSync(path, 'utf8');
  const change = (from: string, to: string): void =>
    project.write('tidegate.config.json', original.replace(from, to));
  assert.equal((await project.run('up', '-d')).code, 0);
  const found = await findControl(project.folder);
  assert.ok(found);
  const client = createClient({ url: found.adminUrl, token: found.token });
  const [replica] = (await client.service('app')).replicas;
  const drift = (what: string, is: (drift: ConfigDrift | null) => boolean): Promise<true> =>
    until(what, async () => is((await client.status()).drift));

  change('"max": 1', '"max": 2');
  await drift('the key is named', (seen) => seen?.keys.join() === 'services.app.scale.max');
  const { out } = await project.run('status');
  assert.match(out, /differs: services\.app\.scale\.max; `tidegate deploy` applies it/);
  assert.equal((await client.service('app')).max, 1);

  change('"scale"', '"scael"');
  await drift('it is no configuration', (seen) => seen?.problem?.includes('scael') === true);
  const refused = await project.run('deploy', '--json');
  assert.equal(refused.code, 2);
  const problem = JSON.parse(refused.out) as { code: string; errors: { path: unknown }[] };
  assert.equal(problem.code, 'CONFIG_INVALID');
  assert.match(JSON.stringify(problem.errors), /scael/);

  change('', '');
  await drift('it is as before', (seen) => seen === null);

  change('"max": 1', '"max": 2');
  project.write('other.json', original);
  const other = await project.run('deploy', '-c', join(project.folder, 'other.json'));
  assert.equal(other.code, 2);
  assert.ok(other.err.startsWith(`Tidegate was started with ${path}, not with`), other.err);
  const { code, out: said, err } = await project.run('deploy', '-c', path);
  assert.equal(code, 0, said + err);
  assert.match(said, /changed: services\.app\.scale\.max/);
  await drift('nothing differs any more', (seen) => seen === null);
  const after = await client.service('app');
  assert.deepEqual([after.max, after.replicas[0]?.pid], [2, replica?.pid]);
});
