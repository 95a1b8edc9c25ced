import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { runCommand, TIDEGATE } from '../../../test/support/project.ts';
import type { Ran } from '../../../test/support/project.ts';
import { isReachable } from '../../../test/support/reach.ts';
import { temporaryFolder } from '../../../test/support/temporary.ts';

interface Place {
  readonly project: string;
  readonly config: string;
  readonly units: string;
  readonly unit: string;
  run(...args: string[]): Promise<Ran>;
}

const isRoot = process.getuid?.() === 0;

function place(
  t: TestContext,
  config: object = { name: 'shop', services: { web: { command: 'x' } } },
): Place {
  const project = temporaryFolder(t);
  const units = join(project, 'units');
  const path = join(project, 'tidegate.config.json');
  writeFileSync(path, JSON.stringify(config));
  return {
    project,
    units,
    config: path,
    unit: join(units, 'tidegate-shop.service'),
    run: (...args) => runCommand(TIDEGATE, [...args, '--folder', units], project),
  };
}

test('install writes the unit and says how to start, restart and stop it; uninstall removes it', async (t) => {
  const { run, unit, config, units } = place(t);
  const systemctl = isRoot ? 'systemctl' : 'systemctl --user';
  const written = await run('install');
  assert.deepEqual([written.code, written.err], [0, '']);
  assert.ok(written.out.includes(`written ${unit}\n`));
  assert.ok(
    written.out.includes(
      `${systemctl} link ${unit} && ${systemctl} enable --now tidegate-shop.service`,
    ),
    'systemd does not look into that folder',
  );
  assert.ok(written.out.includes(`tidegate down -c ${config}`));
  assert.equal(written.out.includes('loginctl enable-linger'), !isRoot);
  assert.equal(written.out.includes('--user NAME'), isRoot, 'whom it runs as');

  const text = readFileSync(unit, 'utf8');
  const start = /^ExecStart=(.*)$/m.exec(text)?.[1]?.split(' ') ?? [];
  assert.equal(start[0], process.execPath);
  assert.deepEqual(start.slice(-4), ['up', '--keep', '-c', config]);
  assert.ok(existsSync(start.at(-5) ?? ''), 'the main file is named absolutely');
  assert.match(text, /^KillMode=process$/m);

  assert.match((await run('install')).out, /says exactly this already/);
  const removed = await run('uninstall');
  assert.deepEqual([removed.code, readdirSync(units)], [0, []]);
  assert.ok(removed.out.includes(`${systemctl} daemon-reload`));
  assert.equal((await run('uninstall')).code, 1, 'there is none any more');
});

test('install --print writes nothing, and --json gives one object', async (t) => {
  const { run, units, unit, config } = place(t);
  const shown = await run('install', '--print');
  assert.match(shown.out, /^# Written by `tidegate install` for .*\n[^]*WantedBy=/);
  assert.equal(existsSync(units), false);
  const { out } = await run('install', '--json');
  const written = JSON.parse(out) as Record<string, unknown>;
  assert.deepEqual(
    [written['unit'], written['path'], written['state']],
    ['tidegate-shop.service', unit, 'written'],
  );
  assert.equal(written['text'], readFileSync(unit, 'utf8'));
  const { out: gone } = await run('uninstall', '-c', config, '--json');
  assert.deepEqual((JSON.parse(gone) as { removed: unknown }).removed, [unit]);
});

test('a configuration that is missing, wrong or ahead of this version is refused before anything is written', async (t) => {
  const { run, units, config } = place(t);
  assert.equal((await run('install', '-c', 'nowhere.ts')).code, 2);
  writeFileSync(config, JSON.stringify({ services: { web: { comand: 'x' } } }));
  assert.equal((await run('install')).code, 2);
  writeFileSync(config, JSON.stringify({ services: { web: { command: 'x' } }, engine: 'swarm' }));
  assert.equal((await run('install')).code, 2);
  assert.equal(existsSync(units), false);
});

test('a unit of another project or of a person is left alone by both', async (t) => {
  const { run, units, unit } = place(t);
  mkdirSync(units);
  writeFileSync(unit, '[Service]\nExecStart=/bin/mine\n');
  for (const command of ['install', 'uninstall']) {
    const { code, err } = await run(command);
    assert.equal(code, 2, command);
    assert.ok(err.includes(`${unit} was left alone`), command);
  }
  assert.match(readFileSync(unit, 'utf8'), /mine/);
  assert.equal((await run('install', '--force')).code, 0);
});

test('an enabled unit is not removed, and one whose configuration is gone is', async (t) => {
  const { run, units, unit, config } = place(t);
  await run('install');
  const wants = join(units, 'multi-user.target.wants');
  mkdirSync(wants);
  symlinkSync(unit, join(wants, 'tidegate-shop.service'));
  const { code, err } = await run('uninstall');
  assert.equal(code, 1);
  assert.match(err, /systemctl.* disable --now tidegate-shop\.service/);
  assert.ok(existsSync(unit));
  rmSync(wants, { recursive: true });
  rmSync(config);
  assert.equal((await run('uninstall', '-c', config)).code, 0);
  assert.equal(existsSync(unit), false);
});

test('a unit that it had under another name is named', async (t) => {
  const { run, unit, config, units } = place(t);
  await run('install');
  writeFileSync(config, JSON.stringify({ name: 'store', services: { web: { command: 'x' } } }));
  const { err } = await run('install');
  assert.ok(err.includes(`${unit} was written for it under another name`));
  assert.equal((await run('uninstall')).code, 0);
  assert.deepEqual(readdirSync(units), []);
});

test('the user is for root to choose and must be there', async (t) => {
  const { run, unit, units } = place(t);
  const { code, err } = await run('install', '--user', 'nobody-called-so');
  assert.equal(code, 2);
  assert.match(err, isRoot ? /There is no user "nobody-called-so"/ : /Only root/);
  assert.equal(existsSync(units), false);
  const named = await run('install', '--user', 'nobody');
  assert.equal(named.code, isRoot ? 0 : 2);
  assert.equal(isRoot, existsSync(unit) && /^User=nobody$/m.test(readFileSync(unit, 'utf8')));
  // The test's folder is for its owner only, and maybe all of the clone.
  const denied = isReachable(process.execPath)
    ? /may not read .*tidegate\.config\.json/
    : /may not run/;
  assert.equal(/nobody/.test(named.err) && denied.test(named.err), isRoot);
});

test('secrets from the environment are named: the unit has only PATH', async (t) => {
  const env = { KEY: { env: 'API_KEY' }, OTHER: { env: 'API_KEY' }, FILE: { file: 'x' } };
  const config = { services: { web: { command: 'x', env } } };
  const { run, project } = place(t, config);
  const { err } = await run('install', '--print');
  assert.match(err, /wants API_KEY from the environment.*systemctl .*edit tidegate-/);
  const script = `process.env.API_KEY = 'a'; export default ${JSON.stringify(config)};`;
  writeFileSync(join(project, 'tidegate.config.ts'), script);
  const named = await run('install', '--print', '-c', join(project, 'tidegate.config.ts'));
  assert.deepEqual([named.code, named.err], [0, ''], 'what the file sets itself is there');
});
