import assert from 'node:assert/strict';
import { readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Client } from 'pg';
import type { Status } from '../../src/web/contract.ts';
import { carriersOf, endControl } from '../support/control.ts';
import { createProject, runCommand } from '../support/project.ts';
import { until } from '../support/until.ts';

const DATABASES = { main: { kind: 'postgres' }, cache: { kind: 'redis' } };
const CONFIG = { services: { web: { command: 'node web.cjs' } }, databases: DATABASES };

/** Answers with what it was given of databases. */
const WEB = `
  const { MAIN_URL, CACHE_URL } = process.env;
  require('node:http').createServer((request, response) => {
    response.end(JSON.stringify({ MAIN_URL, CACHE_URL }));
  }).listen(process.env.PORT, process.env.HOST);
`;

function pidsOf({ databases }: Status): Readonly<Record<string, number | null>> {
  return Object.fromEntries(databases.map(({ name, pid }) => [name, pid]));
}

test('databases are there before the services, outlive the control plane, and are ended with the project', async (t) => {
  const project = await createProject(t, CONFIG, { 'web.cjs': WEB });
  const up = await project.run('up', '-d');
  assert.equal(up.code, 0, up.out + up.err);
  const given = async (): Promise<Record<string, string>> =>
    (await (await fetch(project.gatewayUrl)).json()) as Record<string, string>;
  const before = await given();
  assert.match(before['CACHE_URL'] ?? '', /^redis:/);
  const client = new Client({ connectionString: before['MAIN_URL'] });
  await client.connect();
  await client.query('create table kept as select 7 as number');
  await client.end();

  const status = await project.status();
  assert.deepEqual(
    status.databases.map(({ name, kind, state }) => [name, kind, state]),
    [
      ['main', 'postgres', 'ready'],
      ['cache', 'redis', 'ready'],
    ],
  );
  const secret = /:([0-9a-f]{48})@/.exec(before['MAIN_URL'] ?? '')?.[1] ?? assert.fail();
  const shown = await Promise.all([
    project.run('status'),
    project.run('ps'),
    project.run('status', '--json'),
  ]);
  for (const { out } of shown) {
    assert.match(out, /main.*postgres.*ready/);
    assert.ok(!out.includes(secret), 'no password is shown');
  }
  const url = await project.run('database', 'url', 'main');
  assert.deepEqual([url.code, url.out.trim()], [0, before['MAIN_URL']]);
  // Where the state file, its journal and the logs are: none of them may know the password.
  for (const name of readdirSync(join(project.folder, '.tidegate'), { recursive: true })) {
    if (!/\.(?:db|db-wal|log)$/.test(String(name))) continue;
    assert.ok(
      !readFileSync(join(project.folder, '.tidegate', String(name))).includes(secret),
      String(name),
    );
  }

  // A change of databases takes the whole project.
  const { admin, gateway } = JSON.parse(
    readFileSync(join(project.folder, 'tidegate.config.json'), 'utf8'),
  ) as { admin: object; gateway: object };
  const changed = {
    ...CONFIG,
    admin,
    gateway,
    databases: { ...DATABASES, more: { kind: 'redis' } },
  };
  project.write('tidegate.config.json', JSON.stringify(changed));
  const deploy = await project.run('deploy');
  assert.equal(deploy.code, 2, deploy.out + deploy.err);
  assert.match(deploy.err, /databases\.more cannot be changed while Tidegate runs/);
  assert.match(deploy.err, /`tidegate down`, then `tidegate up`/);
  project.write('tidegate.config.json', JSON.stringify({ ...CONFIG, admin, gateway }));

  await endControl(project.folder, 'SIGKILL');
  assert.deepEqual(await given(), before, 'the services and their databases go on');
  const alone = await project.run('database', 'url', 'cache', '--json');
  assert.deepEqual(JSON.parse(alone.out), { name: 'cache', url: before['CACHE_URL'] });
  assert.equal((await project.run('up', '-d')).code, 0);
  assert.deepEqual(pidsOf(await project.status()), pidsOf(status));
  // A replica that is started now is told the same.
  const replica = (await project.status()).services[0]?.replicas[0];
  assert.ok(replica?.pid);
  process.kill(replica.pid, 'SIGKILL');
  await until('another replica answers', async () => {
    const replicas = (await project.status()).services[0]?.replicas ?? [];
    return replicas.some(({ id, state }) => state === 'ready' && id !== replica.id);
  });
  assert.deepEqual(await given(), before);

  await endControl(project.folder, 'SIGKILL');
  const down = await project.run('down');
  assert.match(down.out, /the database main/);
  assert.deepEqual(carriersOf(project.folder), []);
  assert.match(
    readFileSync(join(project.folder, '.tidegate/logs/database-main.log'), 'utf8').slice(-300),
    /database system is shut down/,
  );
});

test('a database that cannot be started is a start that fails, and nothing is left running', async (t) => {
  const project = await createProject(t, CONFIG, { 'web.cjs': WEB });
  assert.equal((await project.run('up', '-d')).code, 0);
  assert.equal((await project.run('down')).code, 0);
  assert.deepEqual(carriersOf(project.folder), []);
  rmSync(join(project.folder, '.tidegate/databases/main/data/global'), { recursive: true });
  const { code, err } = await project.run('up', '-d');
  assert.equal(code, 1, err);
  assert.match(err, /the database main ended with exit code \d before it answered; it wrote: /);
  assert.deepEqual(carriersOf(project.folder), []);
});

test('without its programs a start says what to do', async (t) => {
  const project = await createProject(
    t,
    { ...CONFIG, databases: { cache: { kind: 'redis' } } },
    { 'web.cjs': WEB },
  );
  const node = join(import.meta.dirname, '../../node_modules/node/bin');
  const path = `${node}:/usr/sbin:/bin/nowhere`;
  const { code, err } = await runCommand(
    process.execPath,
    [
      '--disable-warning=ExperimentalWarning',
      join(import.meta.dirname, '../../src/cli/start.ts'),
      'up',
    ],
    project.folder,
    { ...process.env, PATH: path },
  );
  assert.equal(code, 1, err);
  assert.match(err, /Redis is not installed: there is no redis-server/);
  assert.match(err, /tidegate doctor --install .*apt-get install redis-server/);
  assert.deepEqual(carriersOf(project.folder), []);
});
