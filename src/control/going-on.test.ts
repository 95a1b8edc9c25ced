import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resolved } from '../spec/fixtures/resolved.ts';
import { configurationAfter } from './going-on.ts';

const configurationOf = (command: string, adminPort: number) => {
  const input = { services: { api: { command } }, admin: { port: adminPort } };
  return { input, spec: resolved(input) };
};
const file = configurationOf('node next.js', 9001);
const argvOf = (found: ReturnType<typeof configurationAfter>): unknown =>
  found.configuration.spec.services['api']?.command;

test('what was applied goes on, but for what belongs to the control plane itself', () => {
  const applied = configurationOf('node old.js', 9000).input;
  const found = configurationAfter({ input: applied, overrides: {} }, file, resolved);
  assert.deepEqual(argvOf(found), { kind: 'argv', argv: ['node', 'old.js'] });
  assert.equal(found.configuration.spec.admin.port, 9001);
  assert.deepEqual(found.configuration.input, applied);
  assert.equal(found.problem, null);
});

test('where nothing was applied the file is in force', () => {
  for (const fact of [null, 'damaged', { input: {} }]) {
    const found = configurationAfter(fact, file, resolved);
    assert.equal(found.configuration, file);
    assert.equal(found.problem, null);
  }
});

test('what this version does not understand gives way to the file, and why is said', () => {
  const found = configurationAfter({ input: { services: 7 }, overrides: {} }, file, () => {
    throw new Error('services must be an object');
  });
  assert.equal(found.configuration, file);
  assert.match(found.problem ?? '', /services must be an object/);
});
