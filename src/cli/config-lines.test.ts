import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { temporaryFolder } from '../../test/support/temporary.ts';
import type { Path } from '../spec/problem.ts';
import { createConfigLines } from './config-lines.ts';

function placed(t: TestContext, name: string, lines: readonly string[]) {
  const path = join(temporaryFolder(t), name);
  writeFileSync(path, lines.join('\n'));
  const place = createConfigLines(path);
  return (...key: Path) => {
    const { line, exact } = place(key);
    return exact ? line : `in ${line}`;
  };
}

test('the line of a key in TypeScript is where it is written', (t) => {
  const at = placed(t, 'tidegate.config.ts', [
    "import { defineConfig } from 'tidegate';",
    'interface Limits { readonly requests: number }',
    "const limit = { per: 'ip', requests: 5 as number, window: '1s' } satisfies object;",
    'const port: number = Number(process.env.PORT ?? 8080);',
    'export default defineConfig({',
    '  gateway: {',
    '    port,',
    '    routes: [',
    "      { path: '/a', service: 'api',",
    "        timeout: '3s' },",
    '      {',
    "        'path': '/b',",
    '        rateLimit: limit,',
    "        service: process.env.NEXT ? 'next' : 'api',",
    '      },',
    '    ],',
    '  },',
    "  services: { api: { command: 'x' } },",
    '});',
  ]);
  assert.equal(at('gateway', 'routes', 0), 9);
  assert.equal(at('gateway', 'routes', 0, 'timeout'), 10);
  assert.equal(at('gateway', 'routes', 1, 'path'), 12);
  assert.equal(at('gateway', 'routes', 1, 'rateLimit'), 13);
  assert.equal(at('gateway', 'routes', 1, 'rateLimit', 'requests'), 3);
  assert.equal(at('gateway', 'routes', 1, 'service'), 14);
  assert.equal(at('gateway', 'port'), 7);
  assert.equal(at('services', 'api', 'command'), 18);
  assert.equal(at('gateway', 'routes', 1, 'timeout'), 'in 11');
  assert.equal(at('gateway', 'routes', 7), 'in 8');
  assert.equal(at('gateway', 'tls', 'redirect'), 'in 6');
});

test('names, spreads and what is computed are followed as far as they are written', (t) => {
  const at = placed(t, 'tidegate.config.js', [
    "const base = { gateway: { port: 1, host: 'x' } };",
    "const first = [{ path: '/a' }, { path: '/b' }];",
    'const config = {',
    '  ...base,',
    '  gateway: {',
    '    ...base.gateway,',
    '    port: 2,',
    "    routes: [...first, { path: '/c' },",
    '      ...more(),',
    "      { path: '/d' }],",
    '  },',
    '};',
    'export default config;',
  ]);
  assert.equal(at('gateway', 'port'), 7);
  assert.equal(at('gateway', 'host'), 'in 5');
  assert.equal(at('gateway', 'routes', 1, 'path'), 2);
  assert.equal(at('gateway', 'routes', 2), 8);
  assert.equal(at('gateway', 'routes', 4), 'in 8');
});

test('JSON has lines, too, and what cannot be read has none', (t) => {
  const at = placed(t, 'tidegate.config.json', [
    '{',
    '  "gateway": {',
    '    "routes": [{ "path": "/a" },',
    '      { "path": "/b" }]',
    '  }',
    '}',
  ]);
  assert.equal(at('gateway', 'routes', 1, 'path'), 4);
  assert.equal(at('services'), 'in 1');
  assert.equal(placed(t, 'x.config.ts', ['export default {'])('gateway'), 'in null');
  assert.equal(placed(t, 'y.config.ts', ['export default async () => {};'])('gateway'), 'in 1');
  assert.equal(placed(t, 'z.config.js', ['export default function f() {}'])('gateway'), 'in null');
  assert.equal(placed(t, 'c.config.cjs', ['module.exports = {', 'gateway: {} };'])('gateway'), 2);
});
