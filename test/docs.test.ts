import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const root = join(import.meta.dirname, '..');
const text = (path: string): string => readFileSync(join(root, path), 'utf8');

/** The code in the first cells of the table rows under a heading. */
function firstCells(page: string, heading: string): string[] {
  const section = page.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  return [...section.matchAll(/^\| `([^`]+)` \|/gm)].map(([, cell]) => cell as string).sort();
}

test('docs/dependencies.md has a row for each package of package.json and for no other', () => {
  const { dependencies, devDependencies } = JSON.parse(text('package.json')) as Record<
    'dependencies' | 'devDependencies',
    Record<string, string>
  >;
  const page = text('docs/dependencies.md');
  assert.deepEqual(firstCells(page, 'Packages'), Object.keys(dependencies).sort());
  const forDevelopment = firstCells(page, 'Packages for development');
  assert.deepEqual(forDevelopment, Object.keys(devDependencies).sort());
});

test('docs/architecture.md has a row for each room of src/ and for no other', () => {
  const rooms = readdirSync(join(root, 'src'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
  assert.deepEqual(firstCells(text('docs/architecture.md'), 'Rooms'), rooms);
});

test('every file that docs/architecture.md names is there', () => {
  const named = [...text('docs/architecture.md').matchAll(/`(?:src\/)?([a-z]+\/[a-z/-]+\.ts)`/g)];
  assert.ok(named.length > 10);
  for (const [, path] of named) {
    const file = (path as string).startsWith('test/') ? (path as string) : `src/${path}`;
    assert.ok(text(file).length > 0, file);
  }
});
