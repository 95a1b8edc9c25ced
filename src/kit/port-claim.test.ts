import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { test } from 'node:test';
import { claimPort } from './port-claim.ts';

/** No port at all, so that nobody else claims it. */
const PORT = 100_000 + process.pid;

test('a port is claimed once, until it is let go of', async () => {
  const letGo = await claimPort(PORT);
  assert.ok(letGo);
  assert.equal(await claimPort(PORT), null);
  letGo();
  const again = await claimPort(PORT);
  assert.ok(again);
  again();
});

test('what another process has claimed is free when that one is killed', async (t) => {
  const claiming = `
    import { claimPort } from '${join(import.meta.dirname, 'port-claim.ts')}';
    console.log(typeof (await claimPort(${PORT})));
    setInterval(() => undefined, 1000);
  `;
  const child = spawn(process.execPath, ['--input-type=module', '-e', claiming]);
  t.after(() => child.kill('SIGKILL'));
  const ended = once(child, 'exit');
  const [said] = (await once(child.stdout, 'data')) as [Buffer];
  assert.equal(said.toString(), 'function\n');
  assert.equal(await claimPort(PORT), null);
  child.kill('SIGKILL');
  await ended;
  const letGo = await claimPort(PORT);
  assert.ok(letGo);
  letGo();
});
