import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { isRunning, readStat } from '../../src/process/stat.ts';
import { createProject, helloServer, runCommand, TIDEGATE } from '../support/project.ts';
import { freePort } from '../support/ports.ts';
import { until } from '../support/until.ts';

const good = { command: 'node good.cjs' };
const files = { 'good.cjs': helloServer() };

test('every problem of a configuration is told at once, exit 2, and nothing is started', async (t) => {
  const project = await createProject(
    t,
    {
      services: {
        web: { comand: 'node good.cjs', drain: '30 parsecs', scale: { min: 5, max: 2 } },
      },
    },
    files,
  );
  const { code, err } = await project.run('up', '-d');
  assert.equal(code, 2);
  assert.match(err, /services\.web\.comand.*command/s, 'the nearest key is named');
  assert.match(err, /services\.web\.drain/);
  assert.match(err, /services\.web\.scale/);
  assert.equal((await project.run('status')).code, 1);
});

test('a key that this version does not build is refused by up and named, not ignored', async (t) => {
  const project = await createProject(t, { engine: 'swarm', services: { web: good } }, files);
  assert.equal((await project.run('config', 'check')).code, 0);
  const { code, err } = await project.run('up', '-d');
  assert.equal(code, 2);
  assert.match(err, /engine 'swarm'.*not in this version/);
});

test('a port that is taken is named with its holder, exit 1, and nothing is left', async (t) => {
  const holder = createServer().listen(0, '127.0.0.1');
  t.after(() => holder.close());
  await until('it listens', () => holder.listening);
  const { port } = holder.address() as AddressInfo;
  const project = await createProject(t, { services: { web: good }, gateway: { port } }, files);
  const { code, err } = await project.run('up', '-d');
  assert.equal(code, 1);
  assert.match(err, new RegExp(`port ${port}.*taken.*pid ${process.pid}`));
  assert.match(err, /→/, 'it says what to do');
});

test('under run a taken port is named with its holder and the option that sets another', async (t) => {
  const holder = createServer().listen(0, '127.0.0.1');
  t.after(() => holder.close());
  await until('it listens', () => holder.listening);
  const taken = String((holder.address() as AddressInfo).port);
  const project = await createProject(t, { services: { web: good } }, files);
  for (const [option, other] of [
    ['--port', '--admin-port'],
    ['--admin-port', '--port'],
  ] as const) {
    const ports = [option, taken, other, String(await freePort())];
    const args = ['run', ...ports, '--', 'node', 'good.cjs'];
    const { code, err } = await runCommand(TIDEGATE, args, project.folder);
    assert.equal(code, 1, err);
    assert.match(err, new RegExp(`port ${taken}.*taken.*pid ${process.pid}`));
    assert.match(err, new RegExp(`another port with ${option}\n`));
  }
});

test('run refuses a policy that this version does not have, and names those it has', async (t) => {
  const project = await createProject(t, { services: { web: good } }, files);
  const run = (...args: string[]): ReturnType<typeof runCommand> =>
    runCommand(TIDEGATE, ['run', ...args, '--', 'node', 'good.cjs'], project.folder);
  const policy = await run('--policy', 'predictive');
  assert.equal(policy.code, 2);
  assert.match(policy.err, /linear, exponential, target/);
});

test('without HAProxy on the PATH it says how to get it, exit 1', async (t) => {
  const project = await createProject(t, { services: { web: good } }, files);
  const env = { ...process.env, TIDEGATE_HAPROXY: '/nowhere/haproxy' };
  const { code, err } = await runCommand(TIDEGATE, ['up', '-d'], project.folder, env);
  assert.equal(code, 1);
  assert.match(err, /haproxy/i);
  assert.match(err, /install haproxy/);
  const doctor = await runCommand(TIDEGATE, ['doctor'], project.folder, env);
  assert.equal(doctor.code, 1);
  assert.match(doctor.out, /✗ +haproxy/);
});

test('programs that cannot start are told with their last words, and the others run', async (t) => {
  const project = await createProject(
    t,
    {
      gateway: { routes: [{ path: '/*', service: 'good' }] },
      services: {
        good,
        missing: { command: 'no-such-program --now' },
        exits: { command: 'node exits.cjs' },
        silent: { command: 'node silent.cjs', health: { startup: '2s' } },
      },
    },
    {
      ...files,
      'exits.cjs': `console.error('the database is not there'); process.exit(3);`,
      'silent.cjs': `setInterval(() => {}, 1000);`,
    },
  );
  const { code, err } = await project.run('up', '-d');
  assert.equal(code, 1);
  assert.match(err, /missing is not ready: .*no-such-program/);
  assert.match(err, /exits is not ready: .*code 3/);
  assert.match(err, /the database is not there/, 'its last log line');
  assert.match(err, /silent is not ready/);
  assert.doesNotMatch(err, /good is not ready/);
  assert.equal((await fetch(project.gatewayUrl)).status, 200, 'the rest goes on');
});

test('a program that ignores SIGTERM is killed when its time is over', async (t) => {
  const project = await createProject(
    t,
    { services: { deaf: { command: 'node deaf.cjs' } } },
    { 'deaf.cjs': helloServer().replace('process.exit(0)', '0') },
  );
  await project.run('up', '-d');
  const pid = (await project.status()).services[0]?.replicas[0]?.pid as number;
  assert.equal((await project.run('down')).code, 0);
  assert.ok(!isRunning(readStat(pid)));
});

test('under --json an error is one problem object on standard output', async (t) => {
  const project = await createProject(t, { services: { web: { comand: 'x' } } }, files);
  const { code, out } = await project.run('up', '-d', '--json');
  assert.equal(code, 2);
  const problem = JSON.parse(out);
  assert.equal(problem.code, 'CONFIG_INVALID');
  assert.ok(problem.errors.length > 0);
  assert.equal((await project.run('nonsense')).code, 2);
  const unknown = await project.run('nonsense', '--json');
  assert.equal(unknown.code, 2);
  const { code: named, status, detail } = JSON.parse(unknown.out);
  assert.deepEqual([named, status, detail], ['USAGE', 400, "unknown command 'nonsense'"]);
  const foreign = await project.run('run', '--min', 'x', '--', 'true', '--json');
  assert.equal(foreign.out, '', "an option of the user's own command is none of ours");
  assert.match(foreign.err, /--min takes a whole number/);
});
