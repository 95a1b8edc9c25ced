import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { silentLog } from '../kit/log.ts';
import { temporaryFolder } from '../../test/support/temporary.ts';
import { until } from '../../test/support/until.ts';
import { carriesNonce, prove, type ProcessIdentity } from './identity.ts';
import { createLogFiles } from './log-file.ts';
import { spawn } from './spawn.ts';

const files = createLogFiles(silentLog);

async function sleeper(t: TestContext, nonce: string): Promise<ProcessIdentity> {
  const spawned = await spawn(
    {
      argv: ['sleep', '300'],
      cwd: '/',
      env: { PATH: process.env.PATH ?? '' },
      user: null,
      nonce,
      logPath: join(temporaryFolder(t), 'sleep.log'),
    },
    files,
  );
  t.after(() => process.kill(spawned.pid, 'SIGKILL'));
  return spawned.identity;
}

test('a process started by us is proved ours', async (t) => {
  const identity = await sleeper(t, 'a1b2');
  assert.equal(prove(identity), 'ours');
  assert.equal(identity.sessionId, identity.pid, 'it leads a session of its own');
  assert.equal(identity.uid, process.getuid?.());
  assert.ok(carriesNonce(identity.pid, 'a1b2'));
});

test('a recycled pid or another boot means that ours is gone', async (t) => {
  const identity = await sleeper(t, 'a1b2');
  assert.equal(prove({ ...identity, startTicks: identity.startTicks - 1 }), 'gone');
  assert.equal(prove({ ...identity, bootId: 'another' }), 'gone');
  assert.equal(prove({ ...identity, pid: 2 ** 30 }), 'gone');
});

test('a process that does not agree in everything is not proved', async (t) => {
  const identity = await sleeper(t, 'a1b2');
  assert.equal(prove({ ...identity, nonce: 'a1b' }), 'unproven');
  assert.equal(prove({ ...identity, nonce: 'a1b22' }), 'unproven');
  assert.equal(prove({ ...identity, uid: identity.uid + 1 }), 'unproven');
  assert.equal(prove({ ...identity, sessionId: 1 }), 'unproven');
});

test('a process that ended is gone, also while nobody has collected it', async (t) => {
  const spawned = await spawn(
    {
      argv: ['/bin/sh', '-c', 'exit 3'],
      cwd: '/',
      env: {},
      user: null,
      nonce: 'a1b2',
      logPath: join(temporaryFolder(t), 'exit.log'),
    },
    files,
  );
  assert.deepEqual(await spawned.exited, { code: 3, signal: null });
  await until('it is gone', () => prove(spawned.identity) === 'gone');
});
