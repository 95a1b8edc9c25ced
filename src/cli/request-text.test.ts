import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RequestView } from '../tasks/task.ts';
import { paint } from './paint.ts';
import { requestLines } from './request-text.ts';

const lines = (changes: Partial<RequestView>): readonly string[] =>
  requestLines(
    {
      headers: { 'content-type': 'text/plain' },
      body: 'hi',
      encoding: 'text',
      bytes: 2,
      ...changes,
    },
    paint(false),
  );

test('of what a task carries the type, the size and the first lines are told, without control codes', () => {
  assert.deepEqual(requestLines(undefined, paint(false)), []);
  assert.deepEqual(lines({ body: 'a\u001b[31m\nb' }), ['', 'request text/plain, 2 B', 'a', 'b']);
  const json = lines({ headers: {}, body: { a: '\u009b' }, encoding: 'json' });
  assert.deepEqual(json, ['', 'request 2 B', '{', '  "a": " "', '}']);
  assert.equal(
    lines({ body: null, encoding: 'none', bytes: 70_000 }).at(-1),
    'It is too large to be shown.',
  );
  assert.deepEqual(lines({ body: null, encoding: 'none', bytes: 0 }).slice(2), []);
  assert.match(lines({ body: 'AAE=', encoding: 'base64' })[2] ?? '', /see --json/);
});

test('a long one is cut, and where all of it is', () => {
  const many = lines({ body: 'x\n'.repeat(50) });
  assert.deepEqual([many.length, many.at(-1)], [13, '… all of it: --json']);
  const wide = lines({ body: 'x'.repeat(500) });
  assert.deepEqual([wide[2]?.length, wide.at(-1)], [160, '… all of it: --json']);
});
