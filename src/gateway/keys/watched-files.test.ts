import assert from 'node:assert/strict';
import { renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from '../../../test/support/temporary.ts';
import { Unusable } from './unusable.ts';
import { readWholeFile, watchFiles } from './watched-files.ts';

const takes = () => Promise.resolve([]);

function scene(t: Parameters<typeof temporaryFolder>[0]) {
  const path = join(temporaryFolder(t), 'file');
  writeFileSync(path, 'one');
  const files = watchFiles([path], () => {
    const text = readWholeFile(path);
    if (text.startsWith('bad')) throw new Unusable(`${text} is bad`);
    return text;
  });
  return { path, files };
}

test('a file that is written, replaced or reached by another link is read again, once', async (t) => {
  const { path, files } = scene(t);
  assert.deepEqual([files.value, await files.look(takes)], ['one', false]);
  writeFileSync(path, 'second');
  assert.deepEqual([await files.look(takes), files.value], [true, 'second']);
  assert.equal(await files.look(takes), false);
  writeFileSync(`${path}.new`, 'thirds');
  renameSync(`${path}.new`, path);
  assert.deepEqual([await files.look(takes), files.value], [true, 'thirds']);
  writeFileSync(`${path}.4`, 'fourth');
  rmSync(path);
  symlinkSync(`${path}.4`, path);
  assert.deepEqual([await files.look(takes), files.value], [true, 'fourth']);
});

test('what cannot be used is said at the second look, and what was read before stays in force', async (t) => {
  const { path, files } = scene(t);
  // Of another length: within one tick of its clock a file system may not see that anything was written.
  writeFileSync(path, 'bad text');
  assert.deepEqual([await files.look(takes), files.problem], [false, null]);
  assert.deepEqual([await files.look(takes), files.value], [false, 'one']);
  assert.equal(files.problem, 'bad text is bad; what was read before stays in force');
  rmSync(path);
  await files.look(takes);
  await files.look(takes);
  assert.match(files.problem ?? '', /cannot be read \(ENOENT/);
  writeFileSync(path, 'good');
  assert.deepEqual([await files.look(takes), files.value, files.problem], [true, 'good', null]);
});

test('what the gateway would refuse is not taken, and not tried again at once', async (t) => {
  const { path, files } = scene(t);
  writeFileSync(path, 'refused');
  let asked = 0;
  const refuses = () => {
    asked++;
    return Promise.resolve(['HAProxy says no']);
  };
  for (let look = 0; look < 5; look++) assert.equal(await files.look(refuses), false);
  assert.deepEqual([asked, files.value], [2, 'one']);
  assert.match(files.problem ?? '', /the gateway does not take it: HAProxy says no/);
});

test('what was in the way may go without a trace on the file: it is tried again after a while', async (t) => {
  const { path, files } = scene(t);
  writeFileSync(path, 'second');
  const refuses = () => Promise.resolve(['the port is taken']);
  for (let look = 0; look < 40; look++) await files.look(refuses);
  assert.deepEqual([files.value, files.problem === null], ['one', false]);
  const looks: boolean[] = [];
  while (looks.length < 60 && !looks.includes(true)) looks.push(await files.look(takes));
  assert.deepEqual([files.value, files.problem], ['second', null]);
  assert.equal(await files.look(() => assert.fail('it is in force')), false);
});

test('a file beyond all measure is not read', (t) => {
  const path = join(temporaryFolder(t), 'long');
  writeFileSync(path, 'x'.repeat(256 * 1024 + 1));
  assert.throws(() => readWholeFile(path), /is longer than 256 kB/);
});
