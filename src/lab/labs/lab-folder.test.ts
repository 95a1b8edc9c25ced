import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chownSync, existsSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createLabFolder, findOrphans, releaseLabFolder } from './lab-folder.ts';

test('others pass through a folder but do not look into it', (t) => {
  const folder = createLabFolder('tiny');
  t.after(() => releaseLabFolder(folder, false));
  assert.equal(statSync(folder).mode & 0o777, 0o711);
});

test('a folder is an orphan once its lab was killed, and not while that runs or has ended', (t) => {
  const folder = createLabFolder('tiny');
  t.after(() => releaseLabFolder(folder, false));
  assert.equal(findOrphans().includes(folder), false);
  const { pid } = spawnSync(process.execPath, ['-e', '']);
  writeFileSync(join(folder, 'lab.pid'), '');
  assert.equal(findOrphans().includes(folder), false);
  writeFileSync(join(folder, 'lab.pid'), `${pid}\n`);
  assert.equal(findOrphans().includes(folder), true);
  releaseLabFolder(folder, true);
  assert.equal(existsSync(folder), true);
  assert.equal(findOrphans().includes(folder), false);
});

test('what somebody else put there is no orphan, nor is a link to an own one', (t) => {
  const { pid } = spawnSync(process.execPath, ['-e', '']);
  const folder = createLabFolder('tiny');
  const link = `${folder}; echo`;
  t.after(() => [folder, link].forEach((each) => rmSync(each, { recursive: true, force: true })));
  writeFileSync(join(folder, 'lab.pid'), `${pid}\n`);
  symlinkSync(folder, link);
  assert.equal(findOrphans().includes(link), false);
  assert.equal(findOrphans().includes(folder), true);
  if (process.getuid?.() !== 0) return;
  chownSync(folder, 65_534, 65_534);
  assert.equal(findOrphans().includes(folder), false);
});
