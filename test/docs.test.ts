import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';

const root = join(import.meta.dirname, '..');
/** The pages; the pictures stand beside them. */
const docsPages = (): string[] =>
  readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md'));
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

test('every page and example that README.md and the pages of docs/ link to is there', () => {
  const pages = ['README.md', ...docsPages().map((name) => `docs/${name}`)];
  for (const page of pages) {
    for (const [, link] of text(page).matchAll(/\]\((?!https?:|#)([^)#\s]+)[^)]*\)/g)) {
      assert.ok(existsSync(join(root, dirname(page), link as string)), `${page} → ${link}`);
    }
  }
});

test('README.md links each page of docs/', () => {
  const links = [...text('README.md').matchAll(/\]\(docs\/([^)#]+)\)/g)].map(
    ([, name]) => name as string,
  );
  const pages = docsPages();
  assert.deepEqual([...new Set(links)].sort(), pages.sort());
});

test('docs/long-tests.md has a row for each long test and for no other', () => {
  const page = `\n## All\n${text('docs/long-tests.md').split('\n## ')[0]}`;
  assert.deepEqual(firstCells(page, 'All'), readdirSync(join(root, 'test/long')).sort());
});

test('docs/operating.md gives the bounds that the code has', () => {
  const page = text('docs/operating.md').replace(/\s+/g, ' ');
  const numbers = [
    ['src/process/log-file.ts', 'maxBytes: 10 * 2 ** 20, keep: 2', '10 MB, then `.1` and `.2`'],
    ['src/engine/local/log-folder.ts', 'KEEP_LOGS = 30', 'logs of the 30 replicas'],
    ['src/state/retention.ts', 'decisions: 50_000', 'at most 50,000 a service'],
    ['src/gateway/machine.ts', 'WANTED_CONNECTIONS = 12_000', '12,000 clients'],
  ] as const;
  for (const [file, code, words] of numbers) {
    assert.ok(text(file).includes(code), `${file}: ${code}`);
    assert.ok(page.includes(words), words);
  }
});
