import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resolveSpec } from '../spec/resolve.ts';
import type { Spec } from '../spec/spec.ts';
import { specText } from './spec-text.ts';

function specOf(service: object): Spec {
  const input = { name: 'shop', services: { api: { command: 'node server.js', ...service } } };
  const resolved = resolveSpec(input, {
    folder: '/srv',
    machine: { cores: 2, memoryBytes: 2 ** 33 },
  });
  assert.ok(resolved.ok);
  return resolved.spec;
}

test('keys read as one would write them', () => {
  const text = specText(specOf({ resources: { memory: '512MB' }, scale: { window: '90s' } }));
  const lines = text.split('\n');
  for (const line of [
    'name: shop',
    '  port: 8080',
    '    - id: /*',
    '      timeout: 30s',
    '      methods: []',
    '      headers: {}',
    '      argv: [node, server.js]',
    '    concurrency: none',
    '      memory: 512MB',
    '      window: 90s',
    '        latency: 200ms',
  ]) {
    assert.ok(lines.includes(line), `${line}\nin\n${text}`);
  }
});

test('text that would break the lines is quoted', () => {
  assert.match(specText(specOf({ env: { A: 'x\ny: z' } })), /^ {6}A: "x\\ny: z"$/m);
});
