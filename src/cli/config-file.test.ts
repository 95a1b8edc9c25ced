import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { TidegateError } from '../kit/errors.ts';
import { temporaryFolder } from '../../test/support/temporary.ts';
import { loadConfig, readSecrets } from './config-file.ts';
import { projectFolder } from './project-folder.ts';

const CONFIG = JSON.stringify({ services: { app: { command: 'node server.js' } } });

function rejection(code: string): (thrown: unknown) => boolean {
  return (thrown) => {
    assert.ok(thrown instanceof TidegateError);
    assert.equal(thrown.code, code);
    assert.equal(thrown.exitCode, 2);
    return true;
  };
}

test('the configuration in the current folder is found, a script before JSON', async (t) => {
  const folder = temporaryFolder(t);
  await assert.rejects(loadConfig(undefined, folder), (thrown: TidegateError) => {
    assert.match(thrown.hint ?? '', /tidegate init/);
    return rejection('CONFIG_MISSING')(thrown);
  });

  const json = join(folder, 'tidegate.config.json');
  writeFileSync(json, CONFIG);
  const first = await loadConfig(undefined, folder);
  assert.equal(first.path, json);
  assert.equal(first.folder, folder);
  assert.equal(first.spec.folder, folder);
  assert.deepEqual(first.warnings, []);

  const script = join(folder, 'tidegate.config.ts');
  writeFileSync(script, `export default ${CONFIG};`);
  const second = await loadConfig(undefined, folder);
  assert.equal(second.path, script);
  assert.deepEqual(second.warnings, [`${json} is not used: ${script} comes first`]);
});

test('a file may be named, from the current folder', async (t) => {
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, 'other.json'), CONFIG);
  assert.equal((await loadConfig('other.json', folder)).path, join(folder, 'other.json'));
  assert.equal(projectFolder('sub/other.json', folder), join(folder, 'sub'));
  assert.equal(projectFolder(undefined, folder), folder);
  await assert.rejects(loadConfig('nope.ts', folder), rejection('CONFIG_MISSING'));
});

test('a folder and a file of another kind are no configuration', async (t) => {
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, 'a.yaml'), '');
  await assert.rejects(loadConfig('a.yaml', folder), rejection('CONFIG_KIND_UNKNOWN'));
  await assert.rejects(loadConfig('.', folder), rejection('CONFIG_KIND_UNKNOWN'));
});

test('a wrong configuration is refused with all its problems, in words and as data', async (t) => {
  const folder = temporaryFolder(t);
  const path = join(folder, 'tidegate.config.json');
  writeFileSync(path, '{ "services": { "app": { "comand": "x", "retries": -1 } } }');
  await assert.rejects(loadConfig(undefined, folder), (thrown: TidegateError) => {
    assert.equal(
      thrown.message,
      [
        `${path} has 2 problems:`,
        '  services.app.retries: must be a whole number from 0 to 10, got -1',
        '  services.app.comand: is not a key of the configuration, got "x"; did you mean command?',
      ].join('\n'),
    );
    assert.deepEqual((thrown.facts['errors'] as object[])[1], {
      path: 'services.app.comand',
      rule: 'is not a key of the configuration',
      value: '"x"',
      nearest: 'command',
    });
    return rejection('CONFIG_INVALID')(thrown);
  });
});

test('what this version does not build is listed, not refused', async (t) => {
  const folder = temporaryFolder(t);
  const path = join(folder, 'a.json');
  writeFileSync(path, '{ "engine": "swarm", "services": { "app": { "image": "a" } } }');
  const { unbuilt } = await loadConfig(path);
  assert.deepEqual(
    unbuilt.map((key) => key.path),
    ['engine', 'services.app.image'],
  );
});

const envOf = (env: object): Parameters<typeof readSecrets>[0] =>
  ({ services: { api: { env } } }) as unknown as Parameters<typeof readSecrets>[0];

test('secrets are read from the environment and from files', (t) => {
  const file = join(temporaryFolder(t), 'secret');
  writeFileSync(file, 'from file\n');
  const environments = readSecrets(
    envOf({ PLAIN: 'a', KEY: { env: 'REAL_KEY' }, EMPTY: { env: 'EMPTY' }, PEM: { file } }),
    {},
    { REAL_KEY: 'from env', EMPTY: '' },
  );
  assert.deepEqual(environments, {
    api: { PLAIN: 'a', KEY: 'from env', EMPTY: '', PEM: 'from file' },
  });
});

test('what the file set comes before our environment, and reaches the replicas below their own', () => {
  const environments = readSecrets(
    envOf({ KEY: { env: 'KEY' }, OWN: 'own' }),
    { KEY: 'set', OWN: 'set', MORE: 'set' },
    { KEY: 'ours', OURS: 'ours' },
  );
  assert.deepEqual(environments, { api: { KEY: 'set', OWN: 'own', MORE: 'set' } });
});

test('all missing secrets are named at once', (t) => {
  const folder = temporaryFolder(t);
  const empty = join(folder, 'empty');
  writeFileSync(empty, '\n');
  const spec = envOf({
    A: { env: 'NOT_SET' },
    B: { file: join(folder, 'nope') },
    C: { file: empty },
    D: { file: folder },
  });
  assert.throws(
    () => readSecrets(spec, {}, {}),
    (thrown: TidegateError) => {
      const lines = thrown.message.split('\n');
      assert.equal(lines.length, 5);
      assert.equal(lines[1], '  services.api.env.A: the environment variable NOT_SET is not set');
      assert.match(lines[2] ?? '', /env\.B: the file .*nope cannot be read \(ENOENT/);
      assert.match(lines[3] ?? '', /env\.C: the file .*empty is empty/);
      assert.equal((thrown.facts['errors'] as unknown[]).length, 4);
      return rejection('SECRET_MISSING')(thrown);
    },
  );
});
