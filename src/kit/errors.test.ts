import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codeOf, messageOf, TidegateError } from './errors.ts';

test('a sentence carries the sentences of its causes', () => {
  const cause = new Error('no space left');
  const error = new TidegateError('X', 'write the state', { cause });
  assert.equal(messageOf(error), 'write the state: no space left');
  assert.equal(messageOf('plain'), 'plain');
});

test('several failures are all told', () => {
  const all = new AggregateError([new Error('a', { cause: new Error('b') }), 'c'], 'release');
  assert.equal(messageOf(all), 'release: a: b; c');
});

test('a code is one only when it is text', () => {
  assert.equal(codeOf(Object.assign(new Error(), { code: 'ENOENT' })), 'ENOENT');
  for (const thrown of [null, undefined, 'x', { code: 5 }]) assert.equal(codeOf(thrown), undefined);
});

test('an error fails by default, and says more only when told to', () => {
  const { exitCode, hint, facts } = new TidegateError('X', 'x');
  assert.deepEqual({ exitCode, hint, facts }, { exitCode: 1, hint: undefined, facts: {} });
});
