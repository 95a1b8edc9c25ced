import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { killAtOurEnd } from '../../test/support/at-our-end.ts';
import { testStore } from '../../test/support/store.ts';
import { temporaryFolder } from '../../test/support/temporary.ts';
import { until } from '../../test/support/until.ts';
import { systemClock } from '../kit/clock.ts';
import { silentLog } from '../kit/log.ts';
import { createLogFiles } from '../process/log-file.ts';
import { DISPATCH_SERVICE } from '../spec/tasks-program.ts';
import { spawn } from '../process/spawn.ts';
import { isRunning, readStat } from '../process/stat.ts';
import { terminate } from '../process/terminate.ts';
import { resolved } from '../spec/fixtures/resolved.ts';
import { rememberedGraces, rememberGraces } from './graces.ts';
import { stopLeftovers } from './leftovers.ts';

const never = new AbortController().signal;

test('what a replica had started is ended also when the replica itself has died since', async (t) => {
  const { store } = testStore(t);
  const nonce = `leftovers-${process.pid}`;
  killAtOurEnd(nonce);
  const logPath = join(temporaryFolder(t), 'log');
  const { identity, pid, exited } = await spawn(
    {
      argv: ['/bin/sh', '-c', 'sleep 300 & echo $!; wait'],
      cwd: '/',
      env: { PATH: process.env.PATH ?? '' },
      user: null,
      nonce,
      logPath,
    },
    createLogFiles(silentLog),
  );
  t.after(() => terminate(identity, 0).done);
  const child = Number(
    await until('the child', () => /^(\d+)\n/.exec(readFileSync(logPath, 'utf8'))?.[1]),
  );
  store.replicas.put({
    id: 'api-1',
    service: 'api',
    revision: 'r1',
    state: 'ready',
    host: '127.0.0.1',
    port: 20_000,
    pid,
    identity,
    startedAt: 1,
    readyAt: 2,
    stoppedAt: null,
    note: null,
  });
  process.kill(pid, 'SIGKILL');
  await exited;
  assert.ok(isRunning(readStat(child)));

  const { unproven } = await stopLeftovers(store, systemClock, silentLog, never);
  assert.deepEqual(unproven, []);
  assert.ok(!isRunning(readStat(child)));
  assert.deepEqual(store.replicas.live(), []);
});

/** A web server, who delivers tasks, and a worker that fetches its work and at SIGTERM goes on until there is a file `finish`. */
async function leftAlone(t: TestContext) {
  const { store } = testStore(t);
  const folder = temporaryFolder(t);
  const nonce = `fetching-${process.pid}-${++scenes}`;
  killAtOurEnd(nonce);
  const work = `trap 'touch told; while [ ! -e finish ]; do sleep 0.05; done; exit 0' TERM; touch up; while :; do sleep 0.05; done`;
  const pids = new Map<string, number>();
  for (const [service, text] of [
    ['worker', work],
    ['web', 'exec sleep 300'],
    [DISPATCH_SERVICE, 'exec sleep 300'],
  ] as const) {
    const { identity, pid } = await spawn(
      {
        argv: ['/bin/sh', '-c', text],
        cwd: folder,
        env: { PATH: process.env.PATH ?? '' },
        user: null,
        nonce,
        logPath: join(folder, service),
      },
      createLogFiles(silentLog),
    );
    t.after(() => terminate(identity, 0).done);
    pids.set(service, pid);
    const place = { state: 'ready', host: '127.0.0.1', port: 20_000, pid, identity } as const;
    const times = { startedAt: 1, readyAt: 2, stoppedAt: null };
    store.replicas.put({
      id: `${service}-1`,
      service,
      revision: 'r1',
      note: null,
      ...place,
      ...times,
    });
  }
  const signals = { backlog: { http: 'http://127.0.0.1:9000' } };
  const command = 'true';
  const gateway = { routes: [{ path: '/', service: 'web' }] };
  const services = { web: { command }, worker: { command, drain: '10h', signals } };
  rememberGraces(store, resolved({ gateway, services }));
  await until('the worker is up', () => existsSync(join(folder, 'up')));
  return {
    store,
    told: () => until('it is told', () => existsSync(join(folder, 'told'))),
    finish: () => writeFileSync(join(folder, 'finish'), ''),
    runs: (service: string) => isRunning(readStat(pids.get(service) as number)),
  };
}

let scenes = 0;

/** Who delivers and who fetches are ended side by side: which of them is seen to be gone first is chance. */
function assertLast(last: string, stopped: readonly string[]): void {
  assert.equal(stopped.at(-1), last);
  assert.deepEqual([...stopped].sort(), [`${DISPATCH_SERVICE}-1`, last, 'worker-1'].sort());
}

test('who fetches its work is told first and finishes it, before what it may need goes', async (t) => {
  const { store, told, finish, runs } = await leftAlone(t);
  const stopping = stopLeftovers(store, systemClock, silentLog, never);
  await told();
  await until('nobody delivers to it', () => !runs(DISPATCH_SERVICE));
  assert.ok(runs('web'), 'the others wait');
  finish();
  assertLast('web-1', (await stopping).stopped);
  assert.ok(!runs('web') && !runs('worker'));
});

test('so does one whose service has left the configuration since', async (t) => {
  const { store, told, finish, runs } = await leftAlone(t);
  for (let times = 0; times < 2; times++) {
    rememberGraces(store, resolved({ services: { web: { command: 'true' } } }));
  }
  const stopping = stopLeftovers(store, systemClock, silentLog, never);
  await told();
  await until('nobody delivers to it', () => !runs(DISPATCH_SERVICE));
  assert.ok(runs('web'), 'the others wait');
  finish();
  assertLast('web-1', (await stopping).stopped);
  rememberGraces(store, resolved({ services: { web: { command: 'true' } } }));
  assert.equal(rememberedGraces(store).size, 0, 'nothing is left to be remembered');
});

test('in a hurry nothing that was left is waited for', { timeout: 60_000 }, async (t) => {
  const { store, told, runs } = await leftAlone(t);
  const hurry = new AbortController();
  const stopping = stopLeftovers(store, systemClock, silentLog, hurry.signal);
  await told();
  hurry.abort();
  await stopping;
  assert.ok(!runs('web') && !runs('worker'));
  assert.deepEqual(store.replicas.live(), []);
});

test('one that cannot be dealt with is told at the end, when all the others have been ended', async (t) => {
  const { store, finish, runs } = await leftAlone(t);
  finish();
  const { replicas } = store;
  const put: typeof replicas.put = (row) => {
    if (row.id === 'worker-1') throw new Error('the disk is full');
    replicas.put(row);
  };
  const full = { ...store, nonce: store.nonce, replicas: { ...replicas, put } };
  await assert.rejects(stopLeftovers(full, systemClock, silentLog, never), /the disk is full/);
  assert.ok(!runs('web') && !runs('worker'));
});
