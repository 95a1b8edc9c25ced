import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { until } from '../../test/support/until.ts';
import { claimPort } from '../kit/port-claim.ts';
import { silentLog } from '../kit/log.ts';
import { createLogFiles } from '../process/log-file.ts';
import { foundServers } from './found.ts';
import { KINDS } from './kinds.ts';
import { createSupervised } from './supervised.ts';
import { CACHE, MAIN, command, never, stateFolderOf } from '../../test/support/databases.ts';

test('a port that somebody else has taken is given up for another, and that is said', async (t) => {
  const { open, warnings } = stateFolderOf(t);
  const first = open([CACHE]);
  await first.start();
  const port = Number(new URL(first.url('cache')).port);
  await first.stop(never, 'all');
  const taker = createServer().listen(port, '127.0.0.1');
  t.after(() => taker.close());
  await until('the port is taken', () => taker.listening);

  const second = open([CACHE]);
  await second.start();
  const other = Number(new URL(second.url('cache')).port);
  assert.notEqual(other, port);
  assert.deepEqual(warnings, [
    `The port ${port} of the database cache is taken by another program: it has ${other} now.`,
  ]);
  assert.equal(await command(second.url('cache'), 'PING'), 'PONG');
});

test('a port that could not be remembered is kept from nobody', async (t) => {
  const { folder, nonce } = stateFolderOf(t);
  const full = new Error('no space left');
  let port = 0;
  const supervised = createSupervised({
    kind: KINDS.redis,
    home: {
      site: { name: 'cache', folder, data: join(folder, 'data'), password: 'x', account: null },
      port: null,
      leftBehind: null,
      rememberPort(chosen) {
        port = chosen;
        throw full;
      },
    },
    nonce,
    logPath: join(folder, 'log'),
    logFiles: createLogFiles(silentLog),
    now: Date.now,
    log: silentLog,
    onChange: () => undefined,
    warn: () => undefined,
  });
  await assert.rejects(supervised.start(null, never), full);
  const letGo = await claimPort(port);
  assert.ok(letGo);
  letGo();
});

test('one that cannot start says why with its last lines, and nothing of it is left', async (t) => {
  const { folder, open, nonce } = stateFolderOf(t);
  const first = open([MAIN]);
  await first.start();
  await first.stop(never, 'all');
  const control = join(folder, 'databases/main/data/global/pg_control');
  rmSync(control);
  await assert.rejects(open([MAIN]).start(), (thrown: Error & { code?: string }) => {
    assert.equal(thrown.code, 'DATABASE_FAILED');
    assert.match(
      thrown.message,
      /^the database main ended with exit code 2 before it answered; it wrote: .*could not/,
    );
    return true;
  });
  assert.deepEqual(foundServers(nonce), []);
});

test('the password that is remembered is not that of the data: that is said', async (t) => {
  const { folder, open } = stateFolderOf(t);
  const first = open([MAIN]);
  await first.start();
  await first.stop(never, 'all');
  writeFileSync(join(folder, 'databases/main/password'), 'another\n');
  await assert.rejects(open([MAIN]).start(), {
    code: 'DATABASE_FAILED',
    message: /refuses the password/,
  });
});
