import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runInThisContext } from 'node:vm';
import fc from '../../../test/support/property.ts';
import { commentLine, keyOf, literal } from './literal.ts';

const evaluate = (text: string): unknown => runInThisContext(`(${text})`) as unknown;

test('a value is written so that it evaluates to the same again, whatever text and keys it has', () => {
  const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(...HOSTILE));
  const key = fc.oneof(text, fc.constantFrom('__proto__', 'constructor', 'a-b', 'toString', ''));
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      text,
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.array(fc.tuple(key, tie('value')), { maxLength: 4 }).map(objectOf),
    ),
  }));
  fc.assert(
    fc.property(value, (given) => {
      assert.deepStrictEqual(evaluate(literal(given)), given);
    }),
    { numRuns: 500 },
  );
});

test('half a surrogate pair survives', () => {
  assert.equal(evaluate(literal('a\ud800b')), 'a\ud800b');
});

test('what is short stands on one line, what is long or deep on several', () => {
  assert.equal(literal({ min: 1, max: 'cores' }), "{ min: 1, max: 'cores' }");
  assert.equal(literal(["it's", 'a\\b']), String.raw`['it\'s', 'a\\b']`);
  assert.equal(
    literal({ port: 80, routes: [{ path: '/*', service: 'web' }] }, '  '),
    "{\n    port: 80,\n    routes: [{ path: '/*', service: 'web' }],\n  }",
  );
  assert.match(literal(['a'.repeat(60), 'b'.repeat(60)]), /^\[\n {2}'a+',\n {2}'b+',\n\]$/);
  assert.equal(literal({}), '{}');
  assert.equal(literal({ a: undefined, b: 1 }), '{ b: 1 }');
});

test('only words are keys without quotes', () => {
  assert.deepEqual(['web', 'a-b', '1a', '', '__proto__', "a'b"].map(keyOf), [
    'web',
    "'a-b'",
    "'1a'",
    "''",
    "['__proto__']",
    String.raw`'a\'b'`,
  ]);
});

test('nothing in a comment ends it or hides what follows', () => {
  for (const text of HOSTILE) {
    const source = `// ${commentLine(text)}\n'safe'`;
    assert.equal(runInThisContext(source), 'safe', JSON.stringify(text));
  }
  assert.equal(commentLine('a\nb\u2028c\u202ed'), 'a b c d');
});

// Private

const HOSTILE = [
  '`${process.exit(3)}`',
  '${x}',
  "'; throw 1; '",
  '\\',
  "\\'",
  '*/ throw 1 /*',
  '\nthrow 1',
  '\r\nthrow 1',
  '\u2028throw 1',
  '\u2029throw 1',
  '</script>',
  '\u202e',
  '\0',
] as const;

function objectOf(pairs: readonly (readonly [string, unknown])[]): object {
  return Object.fromEntries(pairs);
}
