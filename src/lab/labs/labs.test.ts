import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { chosenLabs, LABS } from './labs.ts';

test('each lab has a file of its name, a test, something to teach, and a row in docs/labs.md', () => {
  const page = readFileSync(join(import.meta.dirname, '../../../docs/labs.md'), 'utf8');
  for (const { name, title, teaches, aboutS } of LABS) {
    assert.ok(existsSync(join(import.meta.dirname, `${name}.ts`)), name);
    assert.ok(existsSync(join(import.meta.dirname, `${name}.test.ts`)), `${name}.test.ts`);
    assert.ok(title.length > 20 && teaches.length > 0 && aboutS > 0, name);
    assert.match(page, new RegExp(`^\\| \`${name}\` \\|`, 'm'), `${name} in docs/labs.md`);
  }
  assert.equal(new Set(LABS.map(({ name }) => name)).size, LABS.length);
});

test('all of them are planned to take less than a quarter of an hour', () => {
  assert.ok(LABS.reduce((sum, { aboutS }) => sum + aboutS, 0) < 15 * 60);
});

test('a lab is chosen by its name, all by all, and one that is misspelt is guessed', () => {
  const [first] = LABS;
  assert.deepEqual(chosenLabs(first?.name ?? ''), [first]);
  assert.equal(chosenLabs('all'), LABS);
  assert.throws(() => chosenLabs('cpu-bloking'), {
    code: 'LAB_UNKNOWN',
    exitCode: 2,
    hint: 'Run: tidegate lab cpu-blocking',
  });
});
