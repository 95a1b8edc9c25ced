import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pathText, problemAt, problemText } from './problem.ts';

test('a path reads as one would write it in code', () => {
  assert.equal(pathText(['gateway', 'routes', 1, 'path']), 'gateway.routes[1].path');
  assert.equal(pathText(['services', 'my-api', 'env', 'A B']), 'services.my-api.env["A B"]');
});

test('a value is shown short, on one line', () => {
  const shown = (value: unknown): string | undefined => problemAt({ a: value }, ['a'], 'x').value;
  assert.equal(shown('a\nb'), '"a\\nb"');
  assert.equal(shown('x'.repeat(1000))?.length, 61);
  assert.equal(shown(Number.NaN), 'NaN');
  assert.equal(shown(10n), '10');
  assert.equal(shown({ b: 1 }), 'an object');
  assert.equal(shown([1]), 'a list');
  assert.equal(
    shown(() => 1),
    'a function',
  );
  assert.equal(shown(undefined), undefined);
});

test('a problem is a line of path, rule, value and what was probably meant', () => {
  assert.equal(
    problemText({ path: 'a.b', rule: 'is not a key', value: '1', nearest: 'c' }),
    'a.b: is not a key, got 1; did you mean c?',
  );
  assert.equal(
    problemText({ path: '', rule: 'must be an object' }),
    'the configuration: must be an object',
  );
});
