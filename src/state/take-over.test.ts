import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { temporaryFolder } from '../../test/support/temporary.ts';
import { takeOverLock } from './take-over.ts';

const never = new AbortController().signal;
const OURS = { pid: process.pid, startedAt: 0, stopping: false };

/** A process that holds the lock; `onLeave` is what it does at SIGUSR2. */
async function holderOf(t: TestContext, path: string, onLeave: string, stopping = false) {
  const program = `
    const { acquireLock } = await import(${JSON.stringify(join(import.meta.dirname, 'lock.ts'))});
    const lock = acquireLock(${JSON.stringify(path)}, { pid: process.pid, startedAt: 0, stopping: ${stopping} });
    process.on('SIGUSR2', () => { ${onLeave} });
    // A lock that nobody refers to any more is collected, and thereby given back.
    setInterval(() => lock, 1000);
    // It does not outlive a test that is killed.
    process.stdin.resume().on('end', () => process.exit(9));
    console.log(lock !== null);
  `;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  t.after(() => child.kill('SIGKILL'));
  const ended = once(child, 'exit') as Promise<[number | null, string | null]>;
  // One that cannot even start would be waited for until the whole file is given up.
  const tooEarly = ended.then(([code, signal]) => `ended with ${signal ?? code}`);
  const said = await Promise.race([once(child.stdout, 'data').then(String), tooEarly]);
  assert.equal(said.trim(), 'true');
  return { child, ended };
}

test('where nobody holds the lock it is simply taken', async (t) => {
  const lock = await takeOverLock(join(temporaryFolder(t), 'lock'), OURS, never);
  lock.release();
});

test('the holder is asked once to leave, and the lock is had as soon as it did', async (t) => {
  const path = join(temporaryFolder(t), 'lock');
  const onLeave =
    'globalThis.asked = (globalThis.asked ?? 0) + 1; setTimeout(() => process.exit(6 + asked), 100);';
  const { ended } = await holderOf(t, path, onLeave);
  // However slow the machine is, it is not killed before it has left.
  const lock = await takeOverLock(path, OURS, never, Number.POSITIVE_INFINITY);
  lock.release();
  assert.deepEqual(await ended, [7, null]);
});

test('a holder that does not leave is killed', async (t) => {
  const path = join(temporaryFolder(t), 'lock');
  const { ended } = await holderOf(t, path, '');
  const lock = await takeOverLock(path, OURS, never, 50);
  lock.release();
  assert.deepEqual(await ended, [null, 'SIGKILL']);
});

test('a holder that is stopping everything is waited for, not told and not killed', async (t) => {
  const path = join(temporaryFolder(t), 'lock');
  const { child, ended } = await holderOf(t, path, 'process.exit(1)', true);
  const taking = takeOverLock(path, OURS, never, 0);
  const first = await Promise.race([taking.then(() => 'taken'), asleep(300)]);
  assert.equal(first, 'held');
  child.kill('SIGTERM');
  assert.deepEqual(await ended, [null, 'SIGTERM']);
  (await taking).release();
});

test('who waits may give up, and the holder is left as it is', async (t) => {
  const path = join(temporaryFolder(t), 'lock');
  const { child } = await holderOf(t, path, 'process.exit(1)', true);
  const giveUp = new AbortController();
  const taking = takeOverLock(path, OURS, giveUp.signal);
  giveUp.abort();
  await assert.rejects(taking, { code: 'INTERRUPTED', exitCode: 130 });
  assert.equal(child.exitCode, null);
});

// Private

/** There is no condition for nothing happening. */
function asleep(ms: number): Promise<string> {
  return new Promise((resolve) => setTimeout(() => resolve('held'), ms));
}
