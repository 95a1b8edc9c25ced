import assert from 'node:assert/strict';
import { readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { adminOf } from '../support/admin.ts';
import { ask } from '../support/gateway.ts';
import { createProject } from '../support/project.ts';
import { SLEEPER } from '../support/sleeper.ts';
import { until } from '../support/until.ts';

const web = {
  command: 'node web.cjs',
  health: { path: '/', startup: '20s' },
  scale: { min: 0, max: 3, sleepAfter: '100ms', interval: '250ms', burst: { window: '500ms' } },
};

/** Notes who it is, and begins when the file `go` is there. */
const PROGRAM = `
const { appendFileSync, existsSync } = require('node:fs');
appendFileSync('starts', process.env.TIDEGATE_REPLICA + '\\n');
const waiting = setInterval(() => {
  if (!existsSync('go')) return;
  clearInterval(waiting);
  require('./sleeper.cjs');
}, 20);
`;

/** Started, and asleep. */
async function asleep(t: Parameters<typeof createProject>[0], changes: object = {}) {
  const services = { web: { ...web, ...changes } };
  const project = await createProject(
    t,
    { services },
    { 'web.cjs': PROGRAM, 'sleeper.cjs': SLEEPER, go: '' },
  );
  const up = await project.run('up', '-d');
  assert.equal(up.code, 0, up.err);
  const client = await adminOf(project.folder);
  const first = await client.service('web');
  assert.equal(first.asleep, true);
  assert.deepEqual(first.replicas, []);
  return {
    ...project,
    client,
    /** Every replica there ever was: what a service that sleeps again shows is over in a moment. */
    starts: () => readFileSync(join(project.folder, 'starts'), 'utf8').trim().split('\n'),
    mayGo: (may: boolean) =>
      may ? project.write('go', '') : rmSync(join(project.folder, 'go'), { force: true }),
  };
}

test('fifty that wait wake one replica, which sleeps again when nobody asks; each wake is counted and explained', async (t) => {
  const project = await asleep(t);
  project.mayGo(false);
  const { admin } = await project.status();
  const metrics = async (): Promise<string> => (await fetch(`${admin.url}/metrics`)).text();
  const waiting = Array.from({ length: 50 }, () => ask(project.gatewayPort));
  await until('all of them wait', async () => {
    const open = /^tidegate_gateway_connections (\d+)$/m.exec(await metrics())?.[1];
    return Number(open) >= 50;
  });
  project.mayGo(true);
  for (const { status } of await Promise.all(waiting)) assert.equal(status, 200);
  await until('it to be asleep', async () => (await project.client.service('web')).asleep);
  assert.match((await project.run('status')).out, /web\s+0\s+asleep/);
  assert.equal((await ask(project.gatewayPort)).status, 200);
  assert.deepEqual(project.starts(), ['web-1', 'web-2'], 'each wake started one replica');

  const explained = await project.run('explain', 'web', '--last', '100');
  assert.match(explained.out, /0 → 1 replica[^\n]*\n(?:  .*\n)*? {2}a request waits: waking up/);
  assert.match(explained.out, /1 → 0 replicas\n(?:  .*\n)*? {2}no requests for .*: going to sleep/);
  assert.match(await metrics(), /^tidegate_cold_start_seconds_count\{service="web"\} 2$/m);
});

test('probes wake nobody, and who hangs up while he waits is not served', async (t) => {
  const project = await asleep(t);
  project.mayGo(false);
  assert.equal((await ask(project.gatewayPort, '/.tidegate/health')).status, 200);
  const [before] = (await project.client.service('web')).replicas;
  assert.equal(before, undefined);

  const socket = connect(project.gatewayPort, '127.0.0.1');
  socket.write('GET /gone HTTP/1.1\r\nHost: x\r\n\r\n');
  await until('it to start', async () => (await project.client.service('web')).desired === 1);
  socket.destroy();
  const answered = ask(project.gatewayPort);
  project.mayGo(true);
  assert.equal((await answered).status, 200);
  assert.deepEqual(project.starts(), ['web-1']);
});

test('a wake that fails is refused with when to try again, is seen, and is tried again by a later request', async (t) => {
  const project = await asleep(t);
  project.write('web.cjs', 'console.error("no database"); process.exit(1);');
  const refused = await ask(project.gatewayPort);
  assert.equal(refused.status, 503);
  assert.match(refused.headers['retry-after'] ?? '', /^\d+$/);
  const status = await project.run('status');
  assert.match(status.out, /no database/);

  project.write('web.cjs', SLEEPER);
  await until('it to be served again', async () => (await ask(project.gatewayPort)).status === 200);
});

test('a service that is paused while it sleeps refuses; resumed, it wakes', async (t) => {
  const project = await asleep(t);
  assert.equal((await project.run('pause', 'web')).code, 0);
  await until('it to refuse', async () => {
    const { status, headers } = await ask(project.gatewayPort);
    return status === 503 && headers['retry-after'] === '30';
  });
  assert.deepEqual((await project.client.service('web')).replicas, []);
  assert.equal((await project.run('resume', 'web')).code, 0);
  await until('it to be served', async () => (await ask(project.gatewayPort)).status === 200);
  assert.equal((await project.run('scale', 'web', '0')).code, 0);
  await until('it to refuse', async () => (await ask(project.gatewayPort)).status === 503);
});

test('down does not wait for requests that wait for a program which never comes', async (t) => {
  const project = await asleep(t, { command: 'sleep 600', drain: '10m' });
  const waits = ask(project.gatewayPort);
  await until('it to start', async () => (await project.client.service('web')).desired === 1);
  assert.equal((await project.run('down')).code, 0);
  assert.equal((await waits).status, 503);
});

test('what arrives while it goes to sleep is answered by the next one', async (t) => {
  const project = await asleep(t);
  // One request at a time, about as far apart as it takes to fall asleep.
  for (let round = 1; round <= 5; round++) {
    assert.equal((await ask(project.gatewayPort)).status, 200, `round ${round}`);
    await until('it to be on its way to sleep', async () => {
      const { desired, ready } = await project.client.service('web');
      return desired === 0 && ready <= 1;
    });
  }
});
