import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { codeOf } from '../kit/errors.ts';
import { temporaryFolder } from '../../test/support/temporary.ts';
import { isEnabled, unitFolder, unitsOf, writeUnit } from './unit-file.ts';

const unit = (config: string, more = ''): string =>
  `# Written by \`tidegate install\` for ${config}\n${more}`;

test("root's units are the machine's, anybody else's their own", () => {
  assert.equal(unitFolder(0, { XDG_CONFIG_HOME: '/x' }, '/root'), '/etc/systemd/system');
  assert.equal(unitFolder(1000, {}, '/home/me'), '/home/me/.config/systemd/user');
  assert.equal(
    unitFolder(1000, { XDG_CONFIG_HOME: '' }, '/home/me'),
    '/home/me/.config/systemd/user',
  );
  assert.equal(unitFolder(1000, { XDG_CONFIG_HOME: '/x' }, '/home/me'), '/x/systemd/user');
});

test('a unit is written whole, left alone when it says the same, replaced when it is ours', (t) => {
  const folder = join(temporaryFolder(t), 'not/there/yet');
  const path = join(folder, 'tidegate-a.service');
  assert.equal(writeUnit(path, unit('/a'), false), 'written');
  assert.equal(writeUnit(path, unit('/a'), false), 'unchanged');
  assert.equal(writeUnit(path, unit('/a', 'more'), false), 'replaced');
  assert.equal(readFileSync(path, 'utf8'), unit('/a', 'more'));
  assert.deepEqual(readdirSync(folder), ['tidegate-a.service'], 'no draft is left');
});

test("somebody else's unit is only overwritten by force", (t) => {
  const folder = temporaryFolder(t);
  const path = join(folder, 'tidegate-a.service');
  for (const there of ['[Unit]\n', unit('/other')]) {
    writeFileSync(path, there);
    assert.throws(
      () => writeUnit(path, unit('/a'), false),
      (thrown) => codeOf(thrown) === 'UNIT_NOT_OURS',
    );
    assert.equal(readFileSync(path, 'utf8'), there);
    assert.equal(writeUnit(path, unit('/a'), true), 'replaced');
  }
});

test('where nothing can be written it is said with the path', (t) => {
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, 'file'), '');
  assert.throws(
    () => writeUnit(join(folder, 'file/tidegate-a.service'), unit('/a'), false),
    (thrown) => codeOf(thrown) === 'UNIT_NOT_WRITTEN',
  );
});

test('the units of a configuration are found by what they say, whatever they are called', (t) => {
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, 'tidegate-a.service'), unit('/a'));
  writeFileSync(join(folder, 'tidegate-old-name.service'), unit('/a'));
  writeFileSync(join(folder, 'tidegate-b.service'), unit('/b'));
  writeFileSync(join(folder, 'other.service'), unit('/a'));
  assert.deepEqual(unitsOf('/a', folder), [
    join(folder, 'tidegate-a.service'),
    join(folder, 'tidegate-old-name.service'),
  ]);
  assert.deepEqual(unitsOf('/a', join(folder, 'nowhere')), []);
});

test('a unit is enabled while a target wants it', (t) => {
  const folder = temporaryFolder(t);
  const path = join(folder, 'tidegate-a.service');
  writeFileSync(path, unit('/a'));
  mkdirSync(join(folder, 'multi-user.target.wants'));
  assert.equal(isEnabled(path), false);
  symlinkSync(path, join(folder, 'multi-user.target.wants/tidegate-a.service'));
  assert.equal(isEnabled(path), true);
});
