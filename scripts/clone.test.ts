import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { temporaryFolder } from '../test/support/temporary.ts';

const root = join(import.meta.dirname, '..');

/** A clone in which nothing is installed, with these files of ours. */
function bareClone(t: TestContext, ...files: string[]): string {
  const folder = temporaryFolder(t);
  for (const file of files) cpSync(join(root, file), join(folder, file));
  return folder;
}

function run(command: string, ...args: string[]): { code: number | null; said: string } {
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const path = `${dirname(process.execPath)}${delimiter}${env['PATH']}`;
  const { status, stdout, stderr } = spawnSync(command, args, {
    env: { ...env, PATH: path },
    encoding: 'utf8',
  });
  return { code: status, said: `${stdout}${stderr}` };
}

test('without its packages tidegate says how to bring them, in a clone and installed', (t) => {
  const clone = bareClone(t, 'bin/tidegate', 'src/cli/main.ts');
  const inClone = run(join(clone, 'bin/tidegate'), 'status');
  assert.equal(inClone.code, 1);
  assert.equal(
    inClone.said,
    `tidegate's npm packages are missing.\n→ Run: node ${clone}/scripts/bootstrap.mjs\n`,
  );

  const installed = bareClone(t, 'bin/tidegate');
  assert.match(run(join(installed, 'bin/tidegate')).said, /missing\.\n→ Install it again/);
});

test('packages that npm put above it are found', (t) => {
  const above = temporaryFolder(t);
  const installed = join(above, 'node_modules/tidegate');
  cpSync(join(root, 'bin/tidegate'), join(installed, 'bin/tidegate'));
  mkdirSync(join(above, 'node_modules/commander'));
  mkdirSync(join(installed, 'dist/cli'), { recursive: true });
  writeFileSync(join(installed, 'dist/cli/start.js'), 'console.log("started")');
  assert.deepEqual(run(join(installed, 'bin/tidegate')), { code: 0, said: 'started\n' });
});

test('a build without tsc says why it failed', (t) => {
  const folder = bareClone(t, 'scripts/build.ts');
  const { code, said } = run(process.execPath, join(folder, 'scripts/build.ts'));
  assert.equal(code, 1);
  assert.match(said, /could not run tsc: .*ENOENT\n→ Run: node scripts\/bootstrap\.mjs/);
});

test('checks that fail do not keep the tests from running, and the whole fails', (t) => {
  const support = ['shared', 'at-our-end'].map((name) => `test/support/${name}.ts`);
  const folder = bareClone(t, 'scripts/test.ts', ...support);
  const check = join(folder, 'scripts/check.ts');
  writeFileSync(
    join(folder, 'test/one.test.ts'),
    "import { test } from 'node:test'; test('one', () => undefined);",
  );
  // By its name: without one the rooms that share a process, all empty here, would be started, too.
  const tests = (): ReturnType<typeof run> =>
    run(process.execPath, join(folder, 'scripts/test.ts'), '--check', 'one.test');

  writeFileSync(check, 'process.exitCode = 1;');
  const failed = tests();
  assert.equal(failed.code, 1);
  assert.match(failed.said, /failed: the checks.*\n\n1 passed, 0 failed\n$/);

  writeFileSync(check, '');
  const passed = tests();
  assert.equal(passed.code, 0, passed.said);
  assert.match(passed.said, /\n1 passed, 0 failed\n$/);
});
