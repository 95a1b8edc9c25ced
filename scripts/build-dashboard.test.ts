import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { temporaryFolder } from '../test/support/temporary.ts';

/** In the place of Vite: the page is its source, and one that says `broken` cannot be built. */
const VITE = `
import { cpSync, mkdirSync, readFileSync } from 'node:fs';
export async function build({ build: { outDir } }) {
  mkdirSync(outDir, { recursive: true });
  if (readFileSync('src/web/dashboard/index.html', 'utf8') === 'broken') throw new Error('broken');
  cpSync('src/web/dashboard/index.html', outDir + '/index.html');
  cpSync('src/web/dashboard/index.html', outDir + '/page.js');
}`;

interface Clone {
  write(path: string, text: string): void;
  page(): string;
  /** What lies where the page is built. */
  built(): readonly string[];
  /** Resolves to whether something was built. @throws Error with what it said where it failed */
  build(...options: readonly string[]): Promise<boolean>;
}

function cloneOf(t: TestContext): Clone {
  const folder = temporaryFolder(t);
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  const script = 'scripts/build-dashboard.ts';
  cpSync(join(import.meta.dirname, '..', script), join(folder, script));
  write('src/web/dashboard/index.html', 'one');
  for (const path of ['package-lock.json', 'tsconfig.json', 'vite.config.ts']) write(path, '');
  write('node_modules/vite/index.js', VITE);
  write('node_modules/vite/package.json', '{ "type": "module", "exports": "./index.js" }');
  return {
    write,
    page: () => readFileSync(join(folder, 'dist/web/dashboard/page.js'), 'utf8'),
    built: () => readdirSync(join(folder, 'dist/web')),
    async build(...options) {
      const child = spawn(process.execPath, [script, ...options], { cwd: folder });
      let said = '';
      child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
      const [code] = (await once(child, 'close')) as [number];
      if (code !== 0) throw new Error(said);
      return said !== '';
    },
  };
}

test('the page is built where it is missing or its sources changed, and else left alone', async (t) => {
  const clone = cloneOf(t);
  assert.equal(await clone.build('--if-changed'), true);
  assert.equal(await clone.build('--if-changed'), false);
  clone.write('src/web/dashboard/parts.css', 'a { color: red }');
  assert.equal(await clone.build('--if-changed'), true);
  clone.write('tsconfig.json', '{}');
  assert.equal(await clone.build('--if-changed'), true);
  clone.write('src/web/dashboard/live.test.ts', '');
  assert.equal(await clone.build('--if-changed'), false);
});

test('a build that fails leaves the page that was there, and the next one tries again', async (t) => {
  const clone = cloneOf(t);
  await clone.build();
  clone.write('src/web/dashboard/index.html', 'broken');
  await assert.rejects(clone.build('--if-changed'), /broken/);
  await assert.rejects(clone.build('--if-changed'), /broken/);
  assert.equal(clone.page(), 'one');
  assert.deepEqual(clone.built(), ['dashboard']);
});

test('builds that run at once do not trip over each other', async (t) => {
  const clone = cloneOf(t);
  await clone.build();
  await Promise.all(Array.from({ length: 8 }, () => clone.build()));
  assert.equal(clone.page(), 'one');
  assert.deepEqual(clone.built(), ['dashboard']);
});
