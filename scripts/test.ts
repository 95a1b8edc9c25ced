/**
 * `npm test`: every test file, slow ones (`*.long.ts`) only with `--long`; closes with the count. With `--check` the checks
 * run first; what they find does not keep the tests from running, but the whole fails.
 */
import { spawnSync } from 'node:child_process';
import { globSync, writeFileSync } from 'node:fs';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { join, resolve } from 'node:path';
import { shareFolder } from '../test/support/shared.ts';

const root = join(import.meta.dirname, '..');
/** Files in one process. */
const MOST_TOGETHER = 24;
// HAProxy unpacked by the bootstrap where apt could not install it.
process.env['PATH'] = `${join(root, '.tools/bin')}:${process.env['PATH']}`;
const long = process.argv.includes('--long');
const only = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const files = globSync(
  long ? 'test/**/*.long.ts' : '{src,test,scripts,bench,examples}/**/*.test.ts',
  {
    cwd: root,
    exclude: (path) => path.includes('node_modules'),
  },
)
  .filter((path) => only.length === 0 || only.some((part) => path.includes(part)))
  .sort();

const checked =
  !process.argv.includes('--check') ||
  spawnSync(process.execPath, [join(import.meta.dirname, 'check.ts')], {
    cwd: root,
    stdio: 'inherit',
  }).status === 0;

const shared = shareFolder();
process.env['PROPERTY_SEED'] ??= `${seedOfCommit()}`;
const count = { passed: 0, failed: 0, skipped: 0 };
const failures: string[] = [];
// For a test that hangs; of those that do not, one that takes ten seconds by itself took three minutes on a machine that
// did fifty other things. Those that run for an hour and more say so themselves.
const limit = long ? {} : { timeout: 480_000 };
const events = run({
  files: (long || only.length > 0 ? files : spread(together(files))).map((path) =>
    resolve(root, path),
  ),
  concurrency: long ? 1 : 4,
  ...limit,
});
events.on('test:pass', (data) => {
  // A file is reported as a test of its own; only what is in it counts.
  if (data.details.type === 'suite' || data.name.endsWith('.ts')) return;
  if (data.skip !== undefined || data.todo !== undefined) count.skipped++;
  else count.passed++;
});
events.on('test:fail', (data) => {
  if (data.details.type === 'suite') return;
  count.failed++;
  failures.push(`${data.name} (${data.file ?? ''})`);
});
events.compose(spec).pipe(process.stdout);
events.on('end', () => {
  process.exitCode = checked && count.failed === 0 && count.passed > 0 ? 0 : 1;
  process.stdout.write('\n');
  if (!checked) process.stdout.write('failed: the checks, see the beginning (npm run check)\n');
  for (const failure of failures) process.stdout.write(`failed: ${failure}\n`);
  const skipped = count.skipped > 0 ? `, ${count.skipped} skipped` : '';
  setImmediate(() =>
    process.stdout.write(`\n${count.passed} passed, ${count.failed} failed${skipped}\n`),
  );
});

// Private

/** The same for all who try this commit. */
function seedOfCommit(): number {
  const { stdout } = spawnSync('git', ['rev-parse', 'HEAD'], { cwd: root, encoding: 'utf8' });
  return Number.parseInt(stdout?.slice(0, 7) || '0', 16);
}

/**
 * The files of rooms that keep nothing outside a call share a process, since most of what such a file costs is its start:
 * a large room has several, or all that it computes would have to be done within the time of one file on a busy machine.
 * Anybody else has one of its own.
 */
function together(paths: readonly string[]): readonly string[] {
  const rooms = [
    'src/spec/',
    'src/signals/',
    'src/policy/',
    'src/control/advice/',
    'src/control/alerts/',
    'src/lab/backtest/',
    'src/lab/report/',
    'src/cli/import/',
    'src/web/dashboard/',
  ];
  const all = rooms.flatMap((room) => {
    const imports = paths.filter((each) => each.startsWith(room));
    const parts = Math.ceil(imports.length / MOST_TOGETHER);
    return Array.from({ length: parts }, (_, part) => {
      const path = join(shared, `${room.replaceAll('/', '-')}${part}-tests.ts`);
      // Neighbours compute alike: each part has some of those that take long.
      const own = imports.filter((_, index) => index % parts === part);
      writeFileSync(
        path,
        own.map((each) => `import ${JSON.stringify(join(root, each))};\n`).join(''),
      );
      return path;
    });
  });
  return [...all, ...paths.filter((path) => !rooms.some((room) => path.startsWith(room)))];
}

/** Those that start a whole project mostly wait, the others compute: one of the former after so many of the latter. */
function spread(paths: readonly string[]): readonly string[] {
  const isWhole = (path: string): boolean => path.startsWith('test/');
  const places = [true, false].flatMap((whole) => {
    const group = paths.filter((path) => isWhole(path) === whole);
    return group.map((path, at) => ({ path, place: at / group.length }));
  });
  return places.sort((a, b) => a.place - b.place).map(({ path }) => path);
}
