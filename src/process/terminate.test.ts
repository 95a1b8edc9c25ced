import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { silentLog } from '../kit/log.ts';
import { temporaryFolder } from '../../test/support/temporary.ts';
import { halfEnded, noHalfEnded } from '../../test/support/half-ended.ts';
import { until } from '../../test/support/until.ts';
import type { ProcessIdentity } from './identity.ts';
import { createLogFiles } from './log-file.ts';
import { spawn, type SpawnedProcess } from './spawn.ts';
import { isRunning, programOf, readStat } from './stat.ts';
import { membersOf, readProcessTable } from './table.ts';
import { terminate } from './terminate.ts';

const MINUTE_MS = 60_000;

async function shell(
  t: TestContext,
  script: string,
  env: Record<string, string> = {},
): Promise<SpawnedProcess & { log: string }> {
  const log = join(temporaryFolder(t), 'log');
  const spawned = await spawn(
    {
      argv: ['/bin/sh', '-c', script],
      cwd: '/',
      env: { PATH: process.env.PATH ?? '', ...env },
      user: null,
      nonce: `n${process.pid}`,
      logPath: log,
    },
    createLogFiles(silentLog),
  );
  t.after(() => terminate(spawned.identity, 0).done);
  return { ...spawned, log };
}

const pidsIn = (log: string): readonly number[] =>
  readFileSync(log, 'utf8').trim().split('\n').filter(Boolean).map(Number);
const onlyPidIn = (log: string): number | undefined => pidsIn(log)[0];
const running = (pid: number): boolean => isRunning(readStat(pid));
const left = ({ sessionId }: ProcessIdentity): number =>
  membersOf(readProcessTable(), sessionId).length;

test('a program that heeds SIGTERM ends by it, and its children with it', async (t) => {
  const { identity, exited, log } = await shell(t, 'sleep 300 & echo $!; wait');
  const child = await until('a child', () => onlyPidIn(log));
  await terminate(identity, MINUTE_MS).done;
  assert.equal((await exited).signal, 'SIGTERM');
  assert.equal(running(child), false);
  assert.equal(left(identity), 0);
});

test('what ignores SIGTERM is killed when the grace is over, and a second call may shorten it', async (t) => {
  const { identity, exited, log } = await shell(
    t,
    "trap '' TERM; echo 1; while :; do sleep 0.05; done",
  );
  await until('the trap is set', () => pidsIn(log).length === 1);
  const termination = terminate(identity, MINUTE_MS);
  termination.shorten(2 * MINUTE_MS);
  termination.shorten(50);
  await termination.done;
  assert.equal((await exited).signal, 'SIGKILL');
  assert.equal(left(identity), 0);
});

test('members whose leader has died are found and killed, also those that ignore SIGTERM', async (t) => {
  const { identity, exited, log } = await shell(
    t,
    "(trap '' TERM; echo 1; while :; do sleep 0.05; done) & (echo 2; exec sleep 300) & sleep 0.2",
  );
  await until('both are up', () => pidsIn(log).length === 2);
  await exited;
  assert.ok(left(identity) >= 2);
  await terminate(identity, 100).done;
  assert.equal(left(identity), 0);
});

test('a child that left the session goes with the others', async (t) => {
  const { identity, log } = await shell(t, 'setsid sh -c "echo \\$\\$; exec sleep 300" & wait');
  const escaped = await until('it is up', () => onlyPidIn(log));
  assert.notEqual(readStat(escaped)?.sessionId, identity.sessionId);
  await terminate(identity, MINUTE_MS).done;
  assert.equal(running(escaped), false);
});

test('a daemon that left its session and its parents goes with the others, when its mark is known', async (t) => {
  const { identity, log } = await shell(
    t,
    '(setsid sh -c "echo \\$\\$; exec sleep 300" &) ; exec sleep 300',
    { MARK: 'mine' },
  );
  const daemon = await until('it is up', () => onlyPidIn(log));
  t.after(() => running(daemon) && process.kill(daemon, 'SIGKILL'));
  await until('its parents have ended', () =>
    membersOf(readProcessTable(), identity.sessionId).every(({ pid }) => pid !== daemon),
  );
  await terminate({ ...identity, mark: 'MARK=other' }, MINUTE_MS).done;
  assert.equal(running(daemon), true, 'another mark is another program');
  // As when the leader has ended and its pid was given away since.
  const recycled = { ...identity, startTicks: identity.startTicks - 1 };
  await terminate({ ...recycled, mark: 'MARK=mine' }, MINUTE_MS).done;
  assert.equal(running(daemon), false);
});

test('what is on its way out is waited for, though nothing tells any more whose it is', {
  skip: noHalfEnded,
}, async (t) => {
  const { identity, exited, log } = await shell(t, 'perl -e "$HALF_ENDED" &', {
    HALF_ENDED: halfEnded(''),
  });
  await exited;
  const member = await until('it is up', () => onlyPidIn(log));
  await until('its first thread has ended', () => !running(member));
  await terminate(identity, 0).done;
  assert.equal(left(identity), 0);
});

test('what cannot be proved ours is never signalled', async (t) => {
  // Its parent has ended, so only the identity can prove it.
  const { identity, exited, log } = await shell(t, 'setsid sleep 300 & echo $!');
  await exited;
  const pid = pidsIn(log)[0] as number;
  t.after(() => process.kill(pid, 'SIGKILL'));
  const stat = await until('it leads a session, and has become sleep', () => {
    const stat = readStat(pid);
    return stat?.sessionId === pid && programOf(pid) === 'sleep' ? stat : undefined;
  });
  const orphan = { ...identity, pid, sessionId: pid, startTicks: stat.startTicks };

  await assert.rejects(terminate({ ...orphan, nonce: 'other' }, 0).done, { code: 'NOT_OURS' });
  await terminate({ ...orphan, startTicks: stat.startTicks - 1 }, 0).done;
  await terminate({ ...orphan, bootId: 'other' }, 0).done;
  assert.ok(running(pid), 'neither a wrong nonce nor a recycled pid cost a stranger its life');
  await terminate({ ...orphan }, MINUTE_MS).done;
  assert.equal(running(pid), false);
});
