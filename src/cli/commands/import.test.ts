import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { runCommand, TIDEGATE } from '../../../test/support/project.ts';
import type { Ran } from '../../../test/support/project.ts';
import { temporaryFolder } from '../../../test/support/temporary.ts';

const run = (folder: string, ...args: string[]): Promise<Ran> => runCommand(TIDEGATE, args, folder);

test('import writes a configuration beside the file that config check takes, and says what is lost', async (t) => {
  const folder = temporaryFolder(t);
  writeFileSync(
    join(folder, 'Procfile'),
    'web: node server.js\nrelease: migrate\nworker: node worker.js\n',
  );
  const { code, out, err } = await run(folder, 'import', 'Procfile');
  assert.deepEqual([code, err], [0, '']);
  assert.match(
    out,
    /^wrote .*\/tidegate\.config\.ts: web, worker\nNot carried over:\n {2}release: /,
  );
  assert.match(
    readFileSync(join(folder, 'tidegate.config.ts'), 'utf8'),
    /\/\/ {3}release: is no service/,
  );
  const checked = await run(folder, 'config', 'check', '--json');
  assert.equal(checked.code, 0);
  assert.deepEqual((JSON.parse(checked.out) as { services: unknown }).services, ['web', 'worker']);
});

test('import never overwrites without --force, and --print writes nothing', async (t) => {
  const folder = temporaryFolder(t);
  const config = join(folder, 'tidegate.config.ts');
  writeFileSync(join(folder, 'Procfile'), 'web: x');
  const printed = await run(folder, 'import', 'Procfile', '--print');
  assert.match(printed.out, /^\/\/ Written by `tidegate import Procfile`[^]*\}\);\n$/);
  assert.equal(existsSync(config), false);
  writeFileSync(config, 'mine');
  const { code, err } = await run(folder, 'import', 'Procfile');
  assert.equal(code, 2);
  assert.match(err, /is there already; it was left alone[^]*--force/);
  assert.equal(readFileSync(config, 'utf8'), 'mine');
  assert.equal((await run(folder, 'import', 'Procfile', '--force')).code, 0);
  assert.equal(readFileSync(config, 'utf8'), printed.out);
  assert.deepEqual(
    readdirSync(folder).sort(),
    ['Procfile', 'tidegate.config.ts'],
    'no draft is left',
  );
});

test('what must be mended comes first in --json, and the paths are those of where it is written', async (t) => {
  const folder = temporaryFolder(t);
  mkdirSync(join(folder, 'app'));
  const compose = join(folder, 'app/compose.yml');
  writeFileSync(
    compose,
    'services: { api: { command: x, build: ./src }, mail: { image: me/mail } }',
  );
  chmodSync(compose, 0o600);
  const { code, out } = await run(
    folder,
    'import',
    'app/compose.yml',
    '-o',
    'own.config.ts',
    '--json',
  );
  assert.equal(code, 0);
  const told = JSON.parse(out) as {
    file: string;
    services: string[];
    startable: boolean;
    notCarried: { path: string }[];
    text: string;
  };
  const file = join(folder, 'own.config.ts');
  assert.deepEqual([told.file, told.services, told.startable], [file, ['api', 'mail'], false]);
  assert.equal(told.notCarried[0]?.path, 'services.mail.command');
  assert.equal(readFileSync(file, 'utf8'), told.text);
  assert.match(told.text, /cwd: 'app\/src'/);
  assert.equal(statSync(file).mode & 0o077, 0, 'as private as what it was read from');
});

test('a PM2 file is run, its environment chosen, and its secrets are not copied out of the environment', async (t) => {
  const folder = temporaryFolder(t);
  writeFileSync(
    join(folder, 'ecosystem.config.cjs'),
    "module.exports = { apps: [{ name: 'api', script: 'a.js', env: { KEY: process.env.IMPORT_TEST_KEY }, env_live: { MODE: 'live' } }] };",
  );
  const env = { ...process.env, IMPORT_TEST_KEY: 'hunter2-hunter2' };
  const { code, out } = await runCommand(
    TIDEGATE,
    ['import', 'ecosystem.config.cjs', '--env', 'live', '--print'],
    folder,
    env,
  );
  assert.equal(code, 0);
  assert.match(out, /env: \{ KEY: \{ env: 'IMPORT_TEST_KEY' \}, MODE: 'live' \}/);
  assert.doesNotMatch(out, /hunter2/);
});

test('a file without a service, one that is missing and a wrong output are refused with exit 2', async (t) => {
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, 'compose.yml'), 'services: { db: { image: postgres } }');
  writeFileSync(join(folder, 'Procfile'), 'web: x');
  const empty = await run(folder, 'import', 'compose.yml', '--json');
  assert.equal(empty.code, 2);
  assert.equal((JSON.parse(empty.out) as { code: string }).code, 'IMPORT_EMPTY');
  assert.equal((await run(folder, 'import', 'nowhere')).code, 2);
  assert.equal((await run(folder, 'import', 'Procfile', '-o', 'out.json')).code, 2);
  assert.equal((await run(folder, 'import')).code, 2);
  assert.deepEqual(readdirSync(folder).sort(), ['Procfile', 'compose.yml']);
});
