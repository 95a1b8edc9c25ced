import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { killAtOurEnd } from '../../test/support/at-our-end.ts';
import { testStore } from '../../test/support/store.ts';
import { temporaryFolder } from '../../test/support/temporary.ts';
import { until } from '../../test/support/until.ts';
import { systemClock } from '../kit/clock.ts';
import { silentLog } from '../kit/log.ts';
import { createLogFiles } from '../process/log-file.ts';
import { spawn } from '../process/spawn.ts';
import { isRunning, readStat } from '../process/stat.ts';
import { terminate } from '../process/terminate.ts';
import { stopLeftovers } from './leftovers.ts';

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

  const { unproven } = await stopLeftovers(store, systemClock, silentLog);
  assert.deepEqual(unproven, []);
  assert.ok(!isRunning(readStat(child)));
  assert.deepEqual(store.replicas.live(), []);
});
