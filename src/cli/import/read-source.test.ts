import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { temporaryFolder } from '../../../test/support/temporary.ts';
import { TidegateError, messageOf } from '../../kit/errors.ts';
import { readSource } from './read-source.ts';
import type { Source } from './read-source.ts';

interface Read {
  readonly source: Source;
  readonly lost: readonly string[];
}

async function read(path: string): Promise<Read> {
  const lost: string[] = [];
  const source = await readSource(path, { env: undefined }, (at) => void lost.push(at));
  return { source, lost };
}

function written(t: TestContext, name: string, content: string | Buffer): string {
  const path = join(temporaryFolder(t), name);
  writeFileSync(path, content);
  return path;
}

async function refused(path: string): Promise<readonly [code: string, message: string]> {
  try {
    await read(path);
  } catch (thrown) {
    assert.ok(thrown instanceof TidegateError, messageOf(thrown));
    assert.equal(thrown.exitCode, 2);
    return [thrown.code, thrown.message];
  }
  assert.fail(`${path} was taken`);
}

test('what a file is, its name and its first keys say', async (t) => {
  const table = [
    ['Procfile', 'web: x', 'procfile'],
    ['Procfile.dev', 'web: x', 'procfile'],
    ['shop.procfile', 'web: x', 'procfile'],
    ['ecosystem.config.js', "module.exports = { apps: [{ script: 'a.js' }] };", 'pm2'],
    ['ecosystem.config.cjs', "module.exports = [{ script: 'a.js' }];", 'pm2'],
    ['ecosystem.config.mjs', "export default { apps: [{ script: 'a.js' }] };", 'pm2'],
    ['ecosystem.json', '{"apps":[{"script":"a.js"}]}', 'pm2'],
    ['process.yml', 'apps:\n  - script: a.js\n', 'pm2'],
    ['compose.yaml', 'services: { a: { command: x } }', 'compose'],
    ['docker-compose.yml', 'services: { a: { command: x } }', 'compose'],
    ['compose.json', '{"services":{"a":{"command":"x"}}}', 'compose'],
  ] as const;
  for (const [name, text, format] of table) {
    const { source } = await read(written(t, name, text));
    assert.deepEqual([source.format, source.draft.services.length], [format, 1], name);
  }
});

test('what nobody can import is refused with a code', async (t) => {
  const folder = temporaryFolder(t);
  const table = [
    ['notes.txt', 'web: x', 'IMPORT_KIND_UNKNOWN'],
    ['package.json', '{"scripts":{}}', 'IMPORT_KIND_UNKNOWN'],
    ['empty.yml', '', 'IMPORT_KIND_UNKNOWN'],
    ['Procfile', Buffer.from([0x77, 0x3a, 0x20, 0xff, 0xfe]), 'IMPORT_NOT_TEXT'],
    ['Procfile', 'x'.repeat(2 ** 18 + 1), 'IMPORT_TOO_LARGE'],
    ['ecosystem.config.cjs', 'module.exports = {', 'CONFIG_SYNTAX'],
    ['ecosystem.config.cjs', "throw new Error('no');", 'CONFIG_THREW'],
    ['ecosystem.json', '{', 'CONFIG_SYNTAX'],
    ['compose.yml', 'services:\n  a: [', 'IMPORT_SYNTAX'],
    ['compose.yml', 'a: 1\n---\nb: 2\n', 'IMPORT_SYNTAX'],
  ] as const;
  for (const [name, content, code] of table) {
    assert.equal((await refused(written(t, name, content)))[0], code, `${name}: ${code}`);
  }
  mkdirSync(join(folder, 'Procfile'));
  assert.equal((await refused(join(folder, 'Procfile')))[0], 'IMPORT_UNREADABLE');
  assert.equal((await refused(join(folder, 'nowhere')))[0], 'IMPORT_UNREADABLE');
  assert.equal((await refused('/dev/zero'))[0], 'IMPORT_UNREADABLE');
});

test('a YAML error names its line', async (t) => {
  const [, message] = await refused(written(t, 'compose.yml', 'services:\n  a:\n    b: c: d\n'));
  assert.match(message, /compose\.yml:3 does not parse: /);
});

test('anchors and merge keys work, aliases that multiply are refused', async (t) => {
  const { source } = await read(
    written(
      t,
      'compose.yml',
      'x-base: &base { command: x, environment: { A: "1" } }\nservices: { a: { <<: *base }, b: { <<: *base, command: z } }',
    ),
  );
  const { services } = source.draft;
  assert.deepEqual(
    services.map(({ config }) => [config.command, config.env]),
    [
      ['x', { A: '1' }],
      ['z', { A: '1' }],
    ],
  );
  const levels = Array.from(
    { length: 12 },
    (_, n) => `l${n + 1}: &l${n + 1} [${Array(10).fill(`*l${n}`).join(', ')}]`,
  );
  const bomb = ['l0: &l0 [x, x]', ...levels, 'services: { a: { command: *l12 } }'].join('\n');
  const [code, message] = await refused(written(t, 'compose.yml', bomb));
  assert.equal(code, 'IMPORT_SYNTAX');
  assert.match(message, /alias/i);
  assert.equal(
    (await refused(written(t, 'compose.yml', `services: ${'['.repeat(20_000)}`)))[0],
    'IMPORT_SYNTAX',
  );
});

test('keys that every object has are keys like others', async (t) => {
  const text =
    'services:\n  __proto__: { command: x }\n  constructor: { command: y, __proto__: { command: z } }\n';
  const { source, lost } = await read(written(t, 'compose.yml', text));
  assert.deepEqual(
    source.draft.services.map(({ name, config }) => [name, config.command]),
    [
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ],
  );
  assert.deepEqual(lost, ['services.constructor.__proto__']);
  assert.equal(({} as Record<string, unknown>)['command'], undefined);
});

test('files beside it that the other program reads are named', async (t) => {
  const procfile = written(t, 'Procfile', 'web: x');
  writeFileSync(join(procfile, '../.env'), 'A=1');
  assert.deepEqual((await read(procfile)).lost, ['.env']);
  const compose = join(procfile, '../docker-compose.yml');
  writeFileSync(compose, 'services: { a: { command: !custom x } }');
  writeFileSync(join(procfile, '../docker-compose.override.yml'), '');
  assert.deepEqual((await read(compose)).lost, ['line 1', '.env', 'docker-compose.override.yml']);
});
