import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createProject } from '../support/project.ts';

/** As `import 'dotenv/config'` does it: what is set already stays. */
const config = (ports: { gateway: number; admin: number }): string => `
  import { readFileSync } from 'node:fs';
  for (const line of readFileSync(new URL('.env', import.meta.url), 'utf8').trim().split('\\n')) {
    const [name, value] = line.split('=');
    process.env[name] ??= value;
  }
  export default {
    gateway: { port: ${ports.gateway} },
    admin: { port: ${ports.admin} },
    services: { app: { command: 'node app.cjs', env: { KEY: { env: 'SECRET' } }, scale: { min: 1, max: 1 } } },
  };
`;

const APP = `
  const { KEY, MORE, PORT, HOST } = process.env;
  require('node:http').createServer((_, response) => response.end(KEY + ' ' + MORE)).listen(PORT, HOST);
`;

test('variables that the configuration sets reach secrets and replicas alike at up, deploy and restart', async (t) => {
  const project = await createProject(
    t,
    { services: {} },
    { 'app.cjs': APP, '.env': 'SECRET=one\nMORE=1\n' },
  );
  const ports = { gateway: project.gatewayPort, admin: project.adminPort };
  project.write('tidegate.config.ts', config(ports));
  const answer = async (): Promise<string> => (await fetch(project.gatewayUrl)).text();

  const up = await project.run('up', '-d');
  assert.equal(up.code, 0, up.err);
  assert.equal(await answer(), 'one 1');

  project.write('.env', 'SECRET=two\nMORE=2\n');
  project.write('tidegate.config.ts', config(ports).replace("'node app.cjs'", "'node ./app.cjs'"));
  const deploy = await project.run('deploy');
  assert.equal(deploy.code, 0, deploy.out + deploy.err);
  assert.equal(await answer(), 'two 2');

  project.write('.env', 'SECRET=three\nMORE=3\n');
  assert.match((await project.run('deploy')).out, /Nothing differs/);
  assert.equal(await answer(), 'two 2');
  assert.equal((await project.run('restart', 'app')).code, 0);
  assert.equal(await answer(), 'three 3');
});
