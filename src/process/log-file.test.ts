import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, mkdirSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Log } from '../kit/log.ts';
import { silentLog } from '../kit/log.ts';
import { temporaryFolder } from '../../test/support/temporary.ts';
import { createLogFiles } from './log-file.ts';

test('a log that outgrew its bound is copied away and emptied under the program that writes it', (t) => {
  const path = join(temporaryFolder(t), 'a/x.log');
  const files = createLogFiles(silentLog, { maxBytes: 10, keep: 2 });
  const output = files.open(path);
  t.after(() => closeSync(output));
  assert.equal(files.check(path), 0);
  for (const text of ['one one one', 'two two two', 'three three', 'four four 4']) {
    writeSync(output, text);
    assert.equal(files.check(path), 0);
  }
  writeSync(output, 'five');
  assert.equal(files.check(path), 4);
  assert.equal(readFileSync(path, 'utf8'), 'five', 'appended at the start, no hole');
  assert.equal(readFileSync(`${path}.1`, 'utf8'), 'four four 4');
  assert.equal(readFileSync(`${path}.2`, 'utf8'), 'three three');
  assert.equal(existsSync(`${path}.3`), false);
});

test('a log that somebody else empties while it is copied holds nobody up', async (t) => {
  const path = join(temporaryFolder(t), 'x.log');
  const files = createLogFiles(silentLog, { maxBytes: 10, keep: 1 });
  writeFileSync(path, 'x'.repeat(2 ** 20));
  // The copy goes through a pipe, so that it stands still until the other has begun to read it and has emptied the log.
  execFileSync('mkfifo', [`${path}.1`]);
  const empties = 'exec 3< "$0.1"; head -c 1 <&3; : > "$0"; wc -c <&3';
  const other = spawn('sh', ['-c', empties, path], { stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(() => other.kill('SIGKILL'));
  let counted = '';
  other.stdout.on('data', (chunk: Buffer) => (counted += chunk.toString()));
  assert.equal(files.check(path), 0);
  await once(other, 'close');
  const copied = Number(counted.slice(1));
  assert.ok(copied > 0 && copied < 2 ** 19, `it was emptied in the middle: ${counted}`);
});

test('a copy that fails is said once, the bound still holds, and nothing is thrown', (t) => {
  const path = join(temporaryFolder(t), 'x.log');
  const said: string[] = [];
  const log: Log = { ...silentLog, warn: (_facts, sentence) => void said.push(sentence) };
  const files = createLogFiles(log, { maxBytes: 3, keep: 1 });
  // A folder in the copy's place fails as a full disk does, without filling one.
  mkdirSync(`${path}.1`);
  mkdirSync(`${path}.1/x`);
  for (const round of [1, 2, 3]) {
    writeFileSync(path, `round ${round}`);
    files.check(path);
    assert.equal(readFileSync(path, 'utf8'), '');
  }
  assert.equal(said.length, 1);
});

test('on a full disk a program still starts, its output going nowhere', (t) => {
  const said: string[] = [];
  const log: Log = { ...silentLog, warn: (_facts, sentence) => void said.push(sentence) };
  // The kernel's own full disk: every write to it fails with ENOSPC.
  const output = createLogFiles(log).open('/dev/full');
  t.after(() => closeSync(output));
  assert.throws(() => writeSync(output, 'x'), { code: 'ENOSPC' });
  assert.deepEqual(createLogFiles(log).check('/dev/full'), 0);
});
