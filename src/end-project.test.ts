import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from '../test/support/temporary.ts';
import { GATEWAY_FACT } from './control/leftovers.ts';
import { endProject } from './end-project.ts';
import { identify } from './process/identity.ts';
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
