import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { silentLog } from '../kit/log.ts';
import { temporaryFolder } from '../../test/support/temporary.ts';
import { until } from '../../test/support/until.ts';
import { findOurs } from './find.ts';
import { prove } from './identity.ts';
import { createLogFiles } from './log-file.ts';
import { spawn, type SpawnedProcess } from './spawn.ts';
import { programOf } from './stat.ts';
import { membersOf, readProcessTable } from './table.ts';
import { terminate } from './terminate.ts';

const aNonce = (): string => randomBytes(32).toString('hex');

async function shell(
  t: TestContext,
  nonce: string,
  script: string,
  env: Record<string, string> = {},
): Promise<SpawnedProcess> {
  const spawned = await spawn(
    {
      argv: ['/bin/sh', '-c', script],
      cwd: '/',
      env: { PATH: process.env.PATH ?? '', ...env },
      user: null,
      nonce,
      logPath: join(temporaryFolder(t), 'log'),
    },
    createLogFiles(silentLog),
  );
  t.after(() => terminate({ ...spawned.identity, mark: `TIDEGATE_NONCE=${nonce}` }, 0).done);
  return spawned;
}

test('what carries the nonce is found with what it was started with, and proved; others are not', async (t) => {
  const nonce = aNonce();
  const env = { GREETING: 'a=b\nc', EMPTY: '' };
  const ours = await shell(t, nonce, 'sleep 300; true', env);
  await shell(t, aNonce(), 'exec sleep 300');
  const [found, ...others] = findOurs(nonce);
  assert.deepEqual(others, []);
  assert.deepEqual(found?.identity, ours.identity);
  assert.equal(found && prove(found.identity), 'ours');
  assert.equal(found?.environment.get('GREETING'), 'a=b\nc');
  assert.equal(found?.environment.get('EMPTY'), '');
  assert.equal(found?.environment.get('TIDEGATE_NONCE'), nonce);
  assert.deepEqual(findOurs(nonce.slice(0, -1)), []);
});

test('only leaders of sessions are found, a child that made itself one too', async (t) => {
  const nonce = aNonce();
  const { identity } = await shell(t, nonce, 'sleep 300 & setsid sleep 300 & wait');
  const members = await until('a child that leads a session', () => {
    const members = membersOf(readProcessTable(), identity.sessionId);
    const leaders = members.filter(({ pid, sessionId }) => pid === sessionId);
    // Until it has become its program nothing tells whose the child is.
    const hasBegun = leaders.every(({ pid }) => pid === identity.pid || programOf(pid) === 'sleep');
    return members.length === 3 && leaders.length === 2 && hasBegun ? leaders : undefined;
  });
  const found = findOurs(nonce).map((process) => process.identity.pid);
  assert.deepEqual(new Set(found), new Set(members.map(({ pid }) => pid)));
});

test('what has ended is not found, also while nobody has collected it', async (t) => {
  const nonce = aNonce();
  const { identity, exited } = await shell(t, nonce, 'exec sleep 300');
  process.kill(identity.pid, 'SIGKILL');
  await until('it has ended', () => prove(identity) === 'gone');
  assert.deepEqual(findOurs(nonce), []);
  await exited;
});
