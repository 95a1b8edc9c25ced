import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { TidegateError, messageOf } from '../kit/errors.ts';
import { temporaryFolder } from '../../test/support/temporary.ts';
import { evaluateConfig } from './evaluate-config.ts';

/** Writes files into a folder without node_modules and gives the path of the first. */
function written(t: TestContext, files: Readonly<Record<string, string>>): string {
  const folder = temporaryFolder(t);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return join(folder, Object.keys(files)[0] as string);
}

async function failure(path: string): Promise<TidegateError> {
  try {
    await evaluateConfig(path);
  } catch (thrown) {
    assert.ok(thrown instanceof TidegateError, messageOf(thrown));
    assert.equal(thrown.exitCode, 2);
    return thrown;
  }
  assert.fail('nothing was thrown');
}

const IMPORT = "import { defineConfig } from 'tidegate';\n";

test("a script's default export is the configuration, and 'tidegate' is found without node_modules", async (t) => {
  for (const name of ['a.ts', 'a.js', 'a.mjs']) {
    const path = written(t, { [name]: `${IMPORT}export default defineConfig({ name: 'shop' });` });
    assert.deepEqual(await evaluateConfig(path), { name: 'shop' }, name);
  }
});

test('a script may have types, wait, and import its neighbours, which may import Tidegate too', async (t) => {
  const path = written(t, {
    'a.ts':
      "import { part } from './b.ts';\nconst name: string = await part();\nexport default { name };",
    'b.ts': `${IMPORT}export const part = async (): Promise<string> => typeof defineConfig;`,
  });
  assert.deepEqual(await evaluateConfig(path), { name: 'function' });
});

test('a CommonJS script works', async (t) => {
  assert.deepEqual(await evaluateConfig(written(t, { 'a.cjs': 'module.exports = { a: 1 };' })), {
    a: 1,
  });
  assert.deepEqual(await evaluateConfig(written(t, { 'a.js': 'module.exports = { a: 1 };' })), {
    a: 1,
  });
});

test('a changed script, and a changed neighbour of it, is read anew', async (t) => {
  const path = written(t, {
    'a.ts': "import { b } from './b.ts';\nexport default { b };",
    'b.ts': 'export const b = 1;',
  });
  assert.deepEqual(await evaluateConfig(path), { b: 1 });
  writeFileSync(join(path, '../b.ts'), 'export const b = 2;');
  assert.deepEqual(await evaluateConfig(path), { b: 2 });
});

test('a symbolic link is followed', async (t) => {
  const path = written(t, { 'a.ts': `${IMPORT}export default defineConfig({ name: 'shop' });` });
  symlinkSync(path, `${path}.link.ts`);
  assert.deepEqual(await evaluateConfig(`${path}.link.ts`), { name: 'shop' });
});

test('nothing is written to the terminal by loading, whatever package.json says or if there is none', (t) => {
  for (const json of [null, '{}', '{"type":"commonjs"}', '{"type":"module"}']) {
    const files = { 'a.ts': `${IMPORT}export default defineConfig({ services: {} });` };
    const path = written(t, json === null ? files : { ...files, 'package.json': json });
    const module = join(import.meta.dirname, 'evaluate-config.ts');
    const code = `import { evaluateConfig } from ${JSON.stringify(module)};
      console.log(JSON.stringify(await evaluateConfig(${JSON.stringify(path)})));`;
    const child = spawnSync(process.execPath, ['--input-type=module', '-e', code], {
      encoding: 'utf8',
    });
    assert.deepEqual([child.stdout, child.stderr], ['{"services":{}}\n', ''], String(json));
  }
});

test('a script that does not parse is named with its line', async (t) => {
  for (const [name, text] of [
    ['a.ts', 'export default {\n  a: ;\n};'],
    ['a.ts', 'export default 1;\nenum A { x }'],
    ['a.mjs', 'export default {\n  a: ;\n};'],
    ['a.js', 'export default {\n  a: ;\n};'],
  ] as const) {
    const path = written(t, { [name]: text });
    const error = await failure(path);
    assert.equal(error.code, 'CONFIG_SYNTAX');
    assert.equal(error.message, `${path}:2 does not parse`);
    assert.ok(error.cause);
  }
});

test('a script that throws is named with its line and its reason', async (t) => {
  const path = written(t, { 'a.ts': '\nconst x: any = null;\nexport default x.y;' });
  const error = await failure(path);
  assert.equal(error.code, 'CONFIG_THREW');
  assert.match(messageOf(error), /a\.ts:3 failed while it ran: Cannot read properties of null/);
  const missing = await failure(written(t, { 'a.ts': "import './nope.ts';" }));
  assert.match(messageOf(missing), /failed while it ran: Cannot find module/);
  assert.doesNotMatch(missing.hint ?? '', /npm install/);
});

test('a script that needs a package that is not installed is told how to get it', async (t) => {
  for (const [name, text] of [
    ['a.cjs', "require('not-installed/config');"],
    ['a.mjs', "import 'not-installed'; export default {};"],
  ] as const) {
    const path = written(t, { [name]: text });
    const { code, hint } = await failure(path);
    assert.equal(code, 'CONFIG_THREW');
    assert.match(
      hint ?? '',
      /^Run `npm install` in \/.*: the file needs the package not-installed/,
    );
    assert.ok(hint?.includes(dirname(path)));
  }
});

test('a script without a default export is told how to write one', async (t) => {
  const error = await failure(written(t, { 'a.ts': 'export const config = {};' }));
  assert.equal(error.code, 'CONFIG_WITHOUT_DEFAULT');
  assert.match(error.hint ?? '', /export default defineConfig/);
});

test('JSON is read as it is', async (t) => {
  assert.deepEqual(await evaluateConfig(written(t, { 'a.json': '\uFEFF{"a":1}' })), { a: 1 });
});

test('JSON that does not parse is named with its line', async (t) => {
  const cases: readonly (readonly [text: string, line: number])[] = [
    ['', 1],
    ['{\n  "a": 1\n', 3],
    ['{\n  "a": 1,\n}', 3],
    ['{\n  a: 1\n}', 2],
    ['{\n  "aaaaaaaaaaaaa": 1,\n  "bbbbbbbbbbbb": tru,\n  "cccccccccc": 3\n}', 3],
    ['{\n  "a": tru\n}', 2],
  ];
  for (const [text, line] of cases) {
    const path = written(t, { 'a.json': text });
    const error = await failure(path);
    assert.equal(error.message, `${path}:${line} does not parse`, text);
    assert.doesNotMatch(messageOf(error.cause), /position|\n/);
  }
});
