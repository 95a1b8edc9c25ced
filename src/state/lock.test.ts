import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { temporaryFolder } from '../../test/support/temporary.ts';
import { acquireLock, readLockHolder } from './lock.ts';

const HOLDER = { pid: process.pid, startedAt: 1_700_000_000_000, stopping: false };

test('the lock is held by one, named for the others, and free again when released', (t) => {
  const path = lockPath(t);
  assert.equal(readLockHolder(path), null);
  const lock = acquireLock(path, HOLDER);
  assert.ok(lock);
  assert.equal(acquireLock(path, HOLDER), null);
  assert.deepEqual(readLockHolder(path), HOLDER);
  lock.leaving();
  assert.deepEqual(readLockHolder(path), { ...HOLDER, stopping: true });
  assert.equal(acquireLock(path, HOLDER), null, 'who is leaving is still there');
  lock.release();
  lock.release();
  assert.equal(readLockHolder(path), null);
  const next = acquireLock(path, HOLDER);
  assert.ok(next);
  next.release();
});

test('the files of the lock are readable by their owner only and nothing else is left beside them', (t) => {
  const path = lockPath(t);
  const lock = acquireLock(path, HOLDER);
  t.after(() => lock?.release());
  const folder = dirname(path);
  assert.equal(statSync(folder).mode & 0o777, 0o700);
  assert.deepEqual(readdirSync(folder).sort(), ['control.lock', 'control.lock.json']);
  for (const name of readdirSync(folder))
    assert.equal(statSync(join(folder, name)).mode & 0o777, 0o600, name);
});

test('another process is refused while the holder lives, whatever the holder tried meanwhile', async (t) => {
  const path = lockPath(t);
  const lock = acquireLock(path, HOLDER);
  t.after(() => lock?.release());
  // A lock of the kernel's on records is lost when its process closes another descriptor of the file.
  assert.equal(acquireLock(path, HOLDER), null);
  const other = await contender(t, path);
  assert.equal(await other.go(), 'refused');
});

test('a lock that its program refers to no more, once its garbage is collected, is held all the same', async (t) => {
  const path = lockPath(t);
  const [holder, other] = [await contender(t, path), await contender(t, path)];
  assert.equal(await holder.go(), 'held');
  assert.equal(await other.go(), 'refused');
});

test('a holder that was killed -9 holds nothing, and what it started holds nothing for it', async (t) => {
  const path = lockPath(t);
  const holder = await contender(t, path, { leaveChild: true });
  assert.equal(await holder.go(), 'held');
  assert.equal(acquireLock(path, HOLDER), null);
  assert.equal(readLockHolder(path)?.pid, holder.process.pid);
  await kill(holder.process);
  const lock = acquireLock(path, HOLDER);
  assert.ok(lock);
  assert.deepEqual(readLockHolder(path), HOLDER);
  lock.release();
});

test('of processes that race for the lock exactly one gets it, also after the holder was killed', async (t) => {
  const path = lockPath(t);
  for (let round = 0; round < 3; round++) {
    const contenders = await Promise.all(Array.from({ length: 5 }, () => contender(t, path)));
    const answers = await Promise.all(contenders.map(({ go }) => go()));
    assert.deepEqual(answers.sort(), ['held', 'refused', 'refused', 'refused', 'refused']);
    const pids = contenders.map(({ process }) => process.pid);
    assert.ok(pids.includes(readLockHolder(path)?.pid), `round ${round}`);
    await Promise.all(contenders.map(({ process }) => kill(process)));
  }
});

test('whatever stands in the file of the lock, one gets it and keeps it', async (t) => {
  const path = lockPath(t);
  acquireLock(path, HOLDER)?.release();
  const sound = join(dirname(path), 'other.db');
  const raw = new DatabaseSync(sound);
  raw.exec('PRAGMA journal_mode = WAL; CREATE TABLE a (b)');
  raw.close();
  const database = readFileSync(sound);
  const readOnly = Buffer.from(database).fill(9, 18, 19);
  for (const bytes of [
    'x',
    'garbage '.repeat(999),
    database.subarray(0, 5000),
    database,
    readOnly,
  ]) {
    writeFileSync(path, bytes);
    const lock = acquireLock(path, HOLDER);
    assert.ok(lock);
    const other = await contender(t, path);
    assert.equal(await other.go(), 'refused');
    await kill(other.process);
    lock.release();
  }
});

test('a lock whose file is overwritten while it is held stays with its holder', async (t) => {
  const path = lockPath(t);
  const holder = await contender(t, path);
  assert.equal(await holder.go(), 'held');
  writeFileSync(path, 'garbage '.repeat(999));
  assert.equal(acquireLock(path, HOLDER), null);
  await kill(holder.process);
  const lock = acquireLock(path, HOLDER);
  assert.ok(lock);
  lock.release();
});

test('a holder file that names anybody else than the holder counts as none, so that no stranger is told to end', async (t) => {
  const path = lockPath(t);
  const holder = await contender(t, path);
  assert.equal(await holder.go(), 'held');
  const told = readFileSync(`${path}.json`, 'utf8');
  assert.equal(readLockHolder(path)?.pid, holder.process.pid);
  for (const pid of [process.pid, process.ppid, 1, 0, -1, 0.5]) {
    writeFileSync(`${path}.json`, JSON.stringify({ ...HOLDER, pid }));
    assert.equal(readLockHolder(path), null, String(pid));
  }
  writeFileSync(`${path}.json`, told);
  assert.equal(readLockHolder(path)?.pid, holder.process.pid);
  await kill(holder.process);
  assert.equal(readLockHolder(path), null, 'what it wrote is still there');
});

test('a holder file that says nothing sensible counts as none', (t) => {
  const path = lockPath(t);
  acquireLock(path, HOLDER)?.release();
  for (const text of ['', '[]', '{"pid":"1","startedAt":2}', '{"pid":1}']) {
    writeFileSync(`${path}.json`, text);
    assert.equal(readLockHolder(path), null, text);
  }
});

// Private

function lockPath(t: Parameters<typeof temporaryFolder>[0]): string {
  return join(temporaryFolder(t), '.tidegate', 'control.lock');
}

interface Contender {
  readonly process: ChildProcess;
  /** Lets it try; what came of it. */
  readonly go: () => Promise<string>;
}

/** A process that is ready to try for the lock, and keeps what it got until it is killed. */
async function contender(
  t: Parameters<typeof temporaryFolder>[0],
  path: string,
  { leaveChild = false } = {},
): Promise<Contender> {
  const source = `
    import { spawn } from 'node:child_process';
    const { acquireLock } = await import(${JSON.stringify(import.meta.resolve('./lock.ts'))});
    process.stdin.once('data', () => {
      const holder = { pid: process.pid, startedAt: Date.now() };
      const answer = acquireLock(${JSON.stringify(path)}, holder) ? 'held' : 'refused';
      const child = ${leaveChild} ? spawn('sleep', ['600'], { detached: true, stdio: 'ignore' }) : undefined;
      setImmediate(() => {
        gc();
        console.log(answer, child?.pid ?? 0);
      });
    });
    console.log('ready');`;
  const child = spawn(process.execPath, ['--expose-gc', '--input-type=module', '-e', source], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  t.after(() => child.kill('SIGKILL'));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  assert.equal((await lines.next()).value, 'ready');
  return {
    process: child,
    async go() {
      child.stdin.write('go\n');
      const [answer, left] = String((await lines.next()).value).split(' ');
      if (Number(left) > 0) t.after(() => process.kill(Number(left), 'SIGKILL'));
      return String(answer);
    },
  };
}

async function kill(child: ChildProcess): Promise<void> {
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}
