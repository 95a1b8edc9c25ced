import assert from 'node:assert/strict';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from '../../test/support/temporary.ts';
import { findHaproxy, validate } from './haproxy.ts';

test('the one on the machine is found, also where the PATH of a user lacks /usr/sbin', async () => {
  const { path, version } = await findHaproxy({ PATH: '/usr/bin:/bin' });
  assert.match(path, /haproxy$/);
  assert.match(version, /^[23]\./);
});

test('one that was built without Lua says so', async (t) => {
  const plain = join(temporaryFolder(t), 'haproxy');
  writeFileSync(plain, '#!/bin/sh\necho "HAProxy version 2.8.1-1 2026/01/01"\n');
  chmodSync(plain, 0o755);
  assert.equal((await findHaproxy({ TIDEGATE_HAPROXY: plain })).lua, false);
  assert.equal((await findHaproxy()).lua, true);
});

test('none, one that does not run and one too old each say what to install', async (t) => {
  const folder = temporaryFolder(t);
  const old = join(folder, 'haproxy');
  writeFileSync(old, '#!/bin/sh\necho "HAProxy version 2.4.30-1 2025/01/01"\n');
  chmodSync(old, 0o755);
  for (const [named, sentence] of [
    [join(folder, 'missing'), /no HAProxy that runs/],
    ['/bin/true', /no HAProxy that runs/],
    [old, /is HAProxy 2\.4\.30-1, too old/],
  ] as const) {
    await assert.rejects(findHaproxy({ TIDEGATE_HAPROXY: named }), (thrown: Error) => {
      const { code, hint } = thrown as Error & { code: string; hint: string };
      assert.equal(code, 'HAPROXY_MISSING');
      assert.match(hint, /install haproxy/);
      return sentence.test(thrown.message);
    });
  }
});

test('a configuration is judged in HAProxy’s own words', async (t) => {
  const { path } = await findHaproxy();
  const file = join(temporaryFolder(t), 'haproxy.cfg');
  writeFileSync(file, 'listen x\n  mode http\n  bind 127.0.0.1:1 foo\n');
  const complaints = await validate(path, file);
  assert.match(complaints.join('\n'), /unknown keyword 'foo'/);
  writeFileSync(
    file,
    'defaults\n mode http\n timeout client 1s\n timeout server 1s\n timeout connect 1s\nlisten x\n bind 127.0.0.1:1\n',
  );
  assert.deepEqual(await validate(path, file), []);
});
