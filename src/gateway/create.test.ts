import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, readdirSync, readlinkSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ask, testBackend, testGateway } from '../../test/support/gateway.ts';
import { until } from '../../test/support/until.ts';
import { readProcessTable } from '../process/table.ts';
import { createGateway } from './create.ts';
import { createRuntimeSocket, type RuntimeSocket } from './runtime-socket.ts';
import { parseServers } from './seen-servers.ts';
import type { GatewayServer, GatewayState } from './gateway.ts';

/** However busy the machine is. */
const PATIENT_MS = 60_000;

/** What still runs of the session a master led. */
function sessionOf(master: number): readonly number[] {
  return [...readProcessTable().values()]
    .filter((stat) => stat.sessionId === master)
    .map((stat) => stat.pid);
}

/** Each server with its address, what it takes, its weight and its limit. */
async function standing(runtime: RuntimeSocket): Promise<readonly string[]> {
  const servers = parseServers(await runtime.ask('show servers state api')).get('api');
  const stat = (await runtime.ask('show stat api 4 -1')).split('\n');
  const titles = stat[0]?.replace('# ', '').split(',') ?? [];
  return stat.slice(1).flatMap((line) => {
    const fields = line.split(',');
    const value = (title: string): string => fields[titles.indexOf(title)] ?? '';
    const seat = servers?.get(value('svname'));
    if (!seat || seat.state === 'maint') return [];
    const weight = seat.state === 'drain' ? '' : ` weight ${value('weight')}`;
    return [
      `${value('svname')} ${seat.host}:${seat.port} ${seat.state} slim ${value('slim')}${weight}`,
    ];
  });
}

async function code(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => 'no error',
    (thrown: { code?: unknown }) => thrown.code,
  );
}

test('a gateway that is up answers, says its pid, and keeps its files and sockets to itself', async (t) => {
  const gateway = await testGateway(t);
  assert.equal(gateway.pid(), null);
  await gateway.start(gateway.state([await testBackend(t, 'api-1')]));
  assert.equal((await ask(gateway.port, '/.tidegate/health')).status, 200);
  assert.equal((await ask(gateway.port)).body, 'api-1');
  assert.equal(gateway.remembered.at(-1)?.identity.pid, gateway.pid());
  for (const [folder, names] of [
    ['haproxy', ['haproxy.cfg', 'samp.map']],
    ['logs', ['gateway.log', 'access.log']],
    ['run', ['runtime.sock', 'master.sock']],
  ] as const) {
    for (const name of names) {
      const { mode } = statSync(join(gateway.folder, folder, name));
      assert.equal(mode & 0o777, 0o600, name);
    }
  }
});

test('a sticky client stays with its replica when HAProxy was killed and comes back', async (t) => {
  const gateway = await testGateway(t);
  const [first, second] = [await testBackend(t, 'api-1'), await testBackend(t, 'api-2')];
  const sticky = (servers: readonly GatewayServer[]): GatewayState =>
    gateway.state(servers, { spec: { sticky: true } });
  // The newcomer is seated behind the one that is there, although the state names it first.
  await gateway.start(sticky([second]));
  await gateway.apply(sticky([first, second]));
  const cookies = await until('both replicas have given a cookie', async () => {
    const answers = await Promise.all(Array.from({ length: 4 }, () => ask(gateway.port)));
    const given = new Map(answers.map((each) => [each.body, each.headers['set-cookie']?.[0]]));
    return given.size === 2 && given;
  });
  const died = new Promise<void>((resolve) => gateway.onDeath(resolve));
  process.kill(gateway.pid() as number, 'SIGKILL');
  await died;
  await gateway.start(sticky([first, second]));
  for (const [replica, cookie = ''] of cookies) {
    const headers = { cookie: cookie.split(';')[0] };
    assert.equal((await ask(gateway.port, '/', { headers })).body, replica);
  }
});

test('HAProxy that is killed is noticed, cleared away, and comes back with the same servers', async (t) => {
  const gateway = await testGateway(t);
  const servers = [await testBackend(t, 'api-1')];
  await gateway.start(gateway.state([]));
  await gateway.apply(gateway.state(servers));
  let deaths = 0;
  gateway.onDeath(() => deaths++);

  const master = gateway.pid() as number;
  process.kill(master, 'SIGKILL');
  await until('the death to be noticed', () => deaths > 0);
  assert.equal(gateway.pid(), null);
  assert.deepEqual(sessionOf(master), []);
  assert.equal(await code(gateway.traffic()), 'GATEWAY_SILENT');
  assert.equal(await code(gateway.apply(gateway.state([]))), 'GATEWAY_SILENT');

  const config = join(gateway.folder, 'haproxy/haproxy.cfg');
  const { ino } = statSync(config);
  await gateway.start(gateway.state(servers));
  assert.equal(statSync(config).ino, ino, 'no time is lost on what HAProxy has accepted before');
  assert.equal((await ask(gateway.port)).body, 'api-1');
  let requests = 0;
  await until('its request to be counted', async () => {
    requests += (await gateway.traffic()).services['api']?.requests ?? 0;
    return requests > 0;
  });
  assert.equal(requests, 1);
  assert.equal(deaths, 1);
});

for (const [what, victimsOf] of [
  ['the master alone', (session, master) => session.filter((pid) => pid === master)],
  ['the worker alone', (session, master) => session.filter((pid) => pid !== master)],
  ['both at once', (session) => session],
] satisfies [string, (session: readonly number[], master: number) => readonly number[]][]) {
  test(`HAProxy that lost ${what} comes back with the same servers, limits and weights`, async (t) => {
    const gateway = await testGateway(t);
    const runtime = createRuntimeSocket(join(gateway.folder, 'run/runtime.sock'), PATIENT_MS);
    const [one, two, three] = await Promise.all(
      ['api-1', 'api-2', 'api-3'].map((name) => testBackend(t, name)),
    );
    assert.ok(one && two && three);
    const limited = { spec: { concurrency: 7 } };
    await gateway.start(gateway.state([one], limited));
    const state = gateway.state([{ ...two, state: 'drain' }, three], limited);
    assert.equal((await gateway.apply(state)).kind, 'runtime');
    const before = await standing(runtime);
    assert.match(before.join(), /slim 7/);

    let deaths = 0;
    gateway.onDeath(() => deaths++);
    const master = gateway.pid() as number;
    const died = performance.now();
    for (const pid of victimsOf(sessionOf(master), master)) process.kill(pid, 'SIGKILL');
    await until('the death to be noticed', () => deaths > 0);
    assert.deepEqual(sessionOf(master), []);
    await gateway.start(state);
    t.diagnostic(`back after ${Math.round(performance.now() - died)} ms`);
    assert.equal(deaths, 1);
    assert.deepEqual(await standing(runtime), before);
    for (let i = 0; i < 4; i++) assert.equal((await ask(gateway.port)).body, 'api-3');
  });
}

test('the rendered file always carries the servers of the moment', async (t) => {
  const gateway = await testGateway(t);
  await gateway.start(gateway.state([]));
  const server = await testBackend(t, 'api-1');
  assert.equal((await gateway.apply(gateway.state([server]))).kind, 'runtime');
  const config = readFileSync(join(gateway.folder, 'haproxy/haproxy.cfg'), 'utf8');
  assert.match(config, new RegExp(`127\\.0\\.0\\.1:${server.port}`));
});

test('a port that is taken is named with its holder, and nothing is left running', async (t) => {
  const gateway = await testGateway(t);
  const holder = await testBackend(t, 'other');
  const state = gateway.state([]);
  const start = gateway.start({ ...state, gateway: { ...state.gateway, port: holder.port } });
  await assert.rejects(start, {
    code: 'PORT_TAKEN',
    exitCode: 1,
    message: new RegExp(`port ${holder.port} on 127.0.0.1 is taken by .+ \\(pid ${process.pid}\\)`),
  });
  assert.equal(gateway.pid(), null);
  assert.deepEqual(readdirSync(join(gateway.folder, 'run')), [], 'nobody listens any more');
  await gateway.start(state);
  assert.equal((await ask(gateway.port, '/.tidegate/health')).status, 200);
});

test('a start that fails for its log leaves no file open, however often it is tried', async (t) => {
  const gateway = await testGateway(t);
  const logs = join(gateway.folder, 'logs');
  mkdirSync(join(logs, 'gateway.log'), { recursive: true });
  assert.equal(await code(gateway.start(gateway.state([]))), 'LOG_NOT_WRITABLE');
  const open = readdirSync('/proc/self/fd')
    .filter((fd) => existsSync(`/proc/self/fd/${fd}`))
    .map((fd) => readlinkSync(`/proc/self/fd/${fd}`));
  assert.deepEqual(
    open.filter((target) => target.startsWith(logs)),
    [],
  );
});

test('a state that cannot be rendered is refused at start', async (t) => {
  const gateway = await testGateway(t);
  const state = gateway.state([], {}, { path: '/a\nbackend evil' });
  assert.equal(await code(gateway.start(state)), 'GATEWAY_REFUSED');
  assert.equal(gateway.pid(), null);
});

test('stopping lets a request finish, does not wait for idle clients, and leaves nothing', async (t) => {
  const gateway = await testGateway(t);
  let finish: (() => void) | undefined;
  const slow = await testBackend(t, 'api-1', (_, response) => {
    finish = () => response.end('finished');
  });
  await gateway.start(gateway.state([slow]));
  const master = gateway.pid() as number;
  let deaths = 0;
  gateway.onDeath(() => deaths++);
  await fetch(`http://127.0.0.1:${gateway.port}/.tidegate/health`);
  const request = ask(gateway.port);
  await until('the request to arrive', () => finish);

  const stopping = gateway.stop(600_000);
  const probe = (): Promise<unknown> => code(ask(gateway.port, '/.tidegate/health'));
  await until('the port to be closed', async () => (await probe()) !== 'no error');
  finish?.();
  assert.equal((await request).body, 'finished');
  await stopping;
  assert.deepEqual(sessionOf(master), []);
  assert.deepEqual(readdirSync(join(gateway.folder, 'run')), []);
  assert.equal(gateway.remembered.at(-1), null);
  assert.equal(deaths, 0);
});

test('stopping with a grace that is over ends what is in flight', async (t) => {
  const gateway = await testGateway(t);
  const hanging = await testBackend(t, 'api-1', () => undefined);
  await gateway.start(gateway.state([hanging]));
  const request = code(ask(gateway.port));
  await until('the request to arrive', () => hanging.requests > 0);
  await gateway.stop(50);
  assert.notEqual(await request, 'no error');
});

test('letting go leaves HAProxy serving', async (t) => {
  const gateway = await testGateway(t);
  const server = await testBackend(t, 'api-1');
  await gateway.start(gateway.state([server]));
  const master = gateway.pid() as number;
  await gateway.close();
  assert.equal((await ask(gateway.port)).body, 'api-1');
  assert.ok(sessionOf(master).length >= 2);
});

test('where nothing can be written down, as on a full disk, it starts, changes and stops all the same', async (t) => {
  const { options, port, state } = await testGateway(t);
  const remember = (): never => {
    throw new Error('no space left on device');
  };
  const gateway = createGateway({ ...options, remember });
  t.after(() => gateway.stop(0));
  const [one, two] = [await testBackend(t, 'api-1'), await testBackend(t, 'api-2')];
  await gateway.start(state([one]));
  assert.equal((await gateway.apply(state([two]))).kind, 'runtime');
  assert.equal((await ask(port)).body, 'api-2');
  await gateway.stop(0);
  assert.equal(gateway.pid(), null);
});
