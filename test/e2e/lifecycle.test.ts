import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { isRunning, readStat } from '../../src/process/stat.ts';
import { createProject, helloServer } from '../support/project.ts';
import { until } from '../support/until.ts';

const hello = { 'server.cjs': helloServer() };

const ANSWERS_WHEN_TOLD = `
  require('node:http').createServer((_, response) => {
    const waiting = setInterval(() => {
      if (!require('node:fs').existsSync('told')) return;
      clearInterval(waiting);
      response.end();
    }, 50);
  }).listen(process.env.PORT, process.env.HOST);
`;

/** Every process whose environment carries the nonce of this project. */
function processesOf(folder: string): readonly string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return (
          readFileSync(`/proc/${pid}/environ`, 'utf8').includes('TIDEGATE_NONCE=') &&
          readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(folder)
        );
      } catch {
        return false;
      }
    });
}

test('up starts what the configuration says, status tells it, down leaves nothing but logs and state', async (t) => {
  const project = await createProject(
    t,
    { services: { web: { command: 'node server.cjs', scale: { min: 2, max: 4 } } } },
    hello,
  );
  const up = await project.run('up', '-d');
  assert.equal(up.code, 0, up.err);
  assert.match(up.out, /`tidegate down` stops it\.\n$/);

  const names = new Set<string>();
  for (let request = 0; request < 20; request++) {
    const response = await fetch(project.gatewayUrl);
    assert.equal(response.status, 200);
    names.add(await response.text());
  }
  assert.deepEqual([...names].sort(), ['web-1', 'web-2']);

  const { services, gateway, control } = await project.status();
  const [web] = services;
  assert.equal(web?.ready, 2);
  assert.equal(web?.desired, 2);
  assert.deepEqual(
    web?.replicas.map(({ state }) => state),
    ['ready', 'ready'],
  );
  assert.ok(gateway.pid && control.pid);

  const pids = [gateway.pid, control.pid, ...(web?.replicas ?? []).map(({ pid }) => pid)];
  assert.equal((await project.run('down')).code, 0);
  for (const pid of pids)
    assert.ok(!isRunning(readStat(pid as number)), `process ${pid} has ended`);
  assert.deepEqual(processesOf(project.folder), []);
  await assert.rejects(fetch(project.gatewayUrl), 'the port is closed');
  const left = readdirSync(join(project.folder, '.tidegate', 'run'));
  assert.deepEqual(left, [], 'no socket is left');
  assert.ok(!existsSync(join(project.folder, '.tidegate', 'control.json')));
});

test('a second up of the same project says so and exits 1, the first goes on', async (t) => {
  const project = await createProject(
    t,
    { services: { web: { command: 'node server.cjs' } } },
    hello,
  );
  assert.equal((await project.run('up', '-d')).code, 0);
  const second = await project.run('up', '-d');
  assert.equal(second.code, 1);
  assert.match(second.err, /is running already/);
  const asked = await project.run('up', '-d', '--json');
  assert.equal(JSON.parse(asked.out).code, 'ALREADY_RUNNING', 'the code survives the background');
  assert.equal((await fetch(project.gatewayUrl)).status, 200);
});

test('scale pins the count, explain says so, auto lets go', async (t) => {
  const project = await createProject(
    t,
    {
      services: {
        web: {
          command: 'node server.cjs',
          scale: { min: 1, max: 4, cooldown: { up: '1s', down: '1s' } },
        },
      },
    },
    hello,
  );
  await project.run('up', '-d');
  assert.equal((await project.run('scale', 'web', '3')).code, 0);
  await until('three are ready', async () => (await project.status()).services[0]?.ready === 3);
  const explained = await project.run('explain', 'web');
  assert.match(explained.out, /1 → 3/);
  assert.match(explained.out, /pinned/);

  assert.equal((await project.run('scale', 'web', '9')).code, 2, 'outside min and max');
  assert.equal((await project.run('scale', 'web', 'auto')).code, 0);
  await until('one is left', async () => {
    const { services } = await project.status();
    return services[0]?.replicas.length === 1;
  });
});

test('a replica that is killed is replaced, and every request meanwhile is answered', async (t) => {
  const project = await createProject(
    t,
    { services: { web: { command: 'node server.cjs', scale: { min: 2, max: 4 } } } },
    hello,
  );
  await project.run('up', '-d');
  const victim = (await project.status()).services[0]?.replicas[0];
  assert.ok(victim?.pid);
  process.kill(victim.pid, 'SIGKILL');
  const replaced = until('another took its place', async () => {
    const replicas = (await project.status()).services[0]?.replicas ?? [];
    return (
      replicas.filter(({ state }) => state === 'ready').length === 2 &&
      replicas.every(({ id }) => id !== victim.id)
    );
  });
  let answered = 0;
  const done = replaced.then(() => true);
  while (!(await Promise.race([done, Promise.resolve(false)]))) {
    assert.equal((await fetch(project.gatewayUrl)).status, 200);
    answered++;
  }
  assert.ok(answered > 0);
});

test('without a control plane, status says what was known, that nothing runs, and exits 1', async (t) => {
  const project = await createProject(
    t,
    { services: { web: { command: 'node server.cjs' } } },
    hello,
  );
  const status = await project.run('status');
  assert.equal(status.code, 1);
  assert.match(status.out + status.err, /not running/);
});

test('a second down waits with the first: what is being answered is not cut off', async (t) => {
  const project = await createProject(
    t,
    { services: { web: { command: 'node server.cjs' } } },
    { 'server.cjs': ANSWERS_WHEN_TOLD },
  );
  assert.equal((await project.run('up', '-d')).code, 0);
  const slow = fetch(project.gatewayUrl);
  await until('the request is in service', async () => {
    const { services } = await project.status();
    return services[0]?.replicas[0]?.inFlight === 1;
  });
  const first = project.run('down');
  const lock = join(project.folder, '.tidegate', 'control.lock.json');
  await until('it is stopping', () => readFileSync(lock, 'utf8').includes('"stopping":true'));
  const second = project.run('down');
  const both = Promise.all([first, second]);
  // Time enough to cut it off, for whoever would.
  await Promise.race([both, delay(1_000)]);
  project.write('told', '');
  assert.equal((await slow).status, 200);
  assert.deepEqual(
    (await both).map(({ code }) => code),
    [0, 0],
  );
});
