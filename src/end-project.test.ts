import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { killAtOurEnd } from '../test/support/at-our-end.ts';
import { temporaryFolder } from '../test/support/temporary.ts';
import { until } from '../test/support/until.ts';
import { rememberGraces } from './control/graces.ts';
import { GATEWAY_FACT } from './control/leftovers.ts';
import { endProject } from './end-project.ts';
import { silentLog } from './kit/log.ts';
import { identify } from './process/identity.ts';
import { createLogFiles } from './process/log-file.ts';
import { spawn as spawnReplica } from './process/spawn.ts';
import { isRunning, readStat } from './process/stat.ts';
import { terminate } from './process/terminate.ts';
import { resolved } from './spec/fixtures/resolved.ts';
import { prepareStateFolder } from './state/folder.ts';
import { openStore } from './state/open.ts';

test('what a control plane that dies while it is told to stop leaves behind is named', async (t) => {
  const project = temporaryFolder(t);
  const folder = prepareStateFolder(project);
  const stranger = spawn('sleep', ['300'], { detached: true, stdio: 'ignore' });
  t.after(() => stranger.kill('SIGKILL'));
  const store = openStore(folder.database, { now: Date.now });
  // All of it is right but the nonce, which a stranger does not have.
  store.facts.set(GATEWAY_FACT, { identity: identify(stranger.pid as number, store.nonce) });
  store.close();
  const program = `
    const { acquireLock } = await import(${JSON.stringify(join(import.meta.dirname, 'state/lock.ts'))});
    const lock = acquireLock(${JSON.stringify(folder.lock)}, { pid: process.pid, startedAt: 0, stopping: false });
    process.on('SIGINT', () => process.kill(process.pid, 'SIGKILL'));
    setInterval(() => lock, 1000);
    console.log('held');
  `;
  const holder = spawn(process.execPath, ['--input-type=module', '-e', program]);
  t.after(() => holder.kill('SIGKILL'));
  await once(holder.stdout, 'data');

  const hurry = new AbortController().signal;
  const ended = await endProject(project, { hurry, onWait: () => undefined });
  assert.equal(ended.kind, 'stopped');
  assert.deepEqual(ended.leftovers.unproven, [`the gateway (pid ${stranger.pid})`]);
  assert.equal(stranger.exitCode, null);
});

test('who hurries while what was left is ended signals no control plane that has given its lock back', async (t) => {
  const project = temporaryFolder(t);
  const folder = prepareStateFolder(project);
  const store = openStore(folder.database, { now: Date.now });
  killAtOurEnd(store.nonce);
  const work = `trap 'touch told; while :; do sleep 0.05; done' TERM; touch up; while :; do sleep 0.05; done`;
  const { identity, pid } = await spawnReplica(
    {
      argv: ['/bin/sh', '-c', work],
      cwd: project,
      env: { PATH: process.env.PATH ?? '' },
      user: null,
      nonce: store.nonce,
      logPath: join(project, 'log'),
    },
    createLogFiles(silentLog),
  );
  t.after(() => terminate(identity, 0).done);
  const place = { state: 'ready', host: '127.0.0.1', port: 20_000, pid, identity } as const;
  const facts = { service: 'worker', revision: 'r1', note: null };
  const times = { startedAt: 1, readyAt: 2, stoppedAt: null };
  store.replicas.put({ id: 'worker-1', ...facts, ...place, ...times });
  const signals = { backlog: { http: 'http://127.0.0.1:9000' } };
  const services = { worker: { command: 'true', drain: '10h', signals } };
  rememberGraces(store, resolved({ services }));
  store.close();
  await until('the worker is up', () => existsSync(join(project, 'up')));
  const program = `
    const { acquireLock } = await import(${JSON.stringify(join(import.meta.dirname, 'state/lock.ts'))});
    const lock = acquireLock(${JSON.stringify(folder.lock)}, { pid: process.pid, startedAt: 0, stopping: false });
    process.on('SIGINT', () => {
      console.log('told');
      lock.release();
    });
    process.stdin.on('end', () => process.exit()).resume();
    console.log('held');
  `;
  const holder = spawn(process.execPath, ['--input-type=module', '-e', program]);
  t.after(() => holder.kill('SIGKILL'));
  let said = '';
  holder.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  await until('it has the lock', () => said === 'held\n');

  const hurry = new AbortController();
  const ending = endProject(project, { hurry: hurry.signal, onWait: () => undefined });
  await until('the worker is told', () => existsSync(join(project, 'told')));
  hurry.abort();
  await until('the worker is gone', () => !isRunning(readStat(pid)));
  holder.stdin.end();
  assert.deepEqual((await ending).leftovers.stopped, ['worker-1']);
  assert.equal(said, 'held\ntold\n');
});
