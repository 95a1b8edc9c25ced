import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import fc from '../../test/support/property.ts';
import { parseCommand } from './command.ts';

function argv(text: string): readonly string[] | null {
  const parsed = parseCommand(text);
  return parsed.ok && parsed.command.kind === 'argv' ? parsed.command.argv : null;
}

function needsShell(text: string): boolean {
  const parsed = parseCommand(text);
  return parsed.ok && parsed.command.kind === 'shell' && parsed.command.text === text;
}

test('a plain command is split into words and run directly', () => {
  assert.deepEqual(argv('node server.js'), ['node', 'server.js']);
  assert.deepEqual(argv('  node\tserver.js  '), ['node', 'server.js']);
  assert.deepEqual(argv('node --max=4 a=b'), ['node', '--max=4', 'a=b']);
});

test('quotes and backslashes hold words together', () => {
  assert.deepEqual(argv(`say "two words" 'it is' a\\ b ''`), [
    'say',
    'two words',
    'it is',
    'a b',
    '',
  ]);
  assert.deepEqual(argv('say "a\\"b" "c\\d" \'e\\f\' g"h"i'), [
    'say',
    'a"b',
    'c\\d',
    'e\\f',
    'ghi',
  ]);
  assert.deepEqual(argv(`sh -c 'cd /srv && exec app'`), ['sh', '-c', 'cd /srv && exec app']);
});

test('$PORT and $HOST stay for the engine to fill in', () => {
  assert.deepEqual(argv('serve -l $PORT "$HOST:$PORT"'), ['serve', '-l', '$PORT', '$HOST:$PORT']);
});

test('what a shell would act on is left to a shell', () => {
  for (const text of [
    'a | b',
    'a && b',
    'a; b',
    'a > file',
    'a < file',
    'a &',
    '(a)',
    'ls *.js',
    'ls file?',
    'ls [ab]',
    'echo $(date)',
    'echo `date`',
    'echo "`date`"',
    'echo $HOME',
    'echo "$HOME"',
    'echo ${PORT}',
    'echo $PORTS',
    'echo \\$PORT',
    'cat ~/x',
    'NODE_ENV=production node server.js',
    'cd /srv',
    'exec node server.js',
    'a\nb',
    'a # b',
  ]) {
    assert.ok(needsShell(text), text);
  }
});

test('a list is run as it is', () => {
  assert.deepEqual(parseCommand(['node', 'a b', '*']), {
    ok: true,
    command: { kind: 'argv', argv: ['node', 'a b', '*'] },
  });
});

test('a command that cannot be is refused', () => {
  for (const text of ['', '  ', 'a "b', "a 'b", '"" a', ['', 'a']]) {
    assert.equal(parseCommand(text).ok, false, JSON.stringify(text));
  }
});

test('whatever runs directly would have had the same words from /bin/sh', () => {
  const pieces = [
    'a',
    'b=',
    '-',
    ' ',
    '\\',
    '"',
    "'",
    '$PORT',
    '$',
    '~',
    '#',
    '{',
    '!',
    '%',
    ':',
    '.',
  ];
  const text = fc
    .array(fc.constantFrom(...pieces), { maxLength: 12 })
    .map((parts) => parts.join(''));
  fc.assert(
    fc.property(text, (written) => {
      const words = argv(`say ${written}`);
      if (words === null) return;
      const shell = spawnSync(
        '/bin/sh',
        ['-c', `say() { printf '%s\\0' say "$@"; }; say ${written}`],
        {
          env: { PORT: '$PORT' },
        },
      );
      assert.deepEqual(`${words.join('\0')}\0`, shell.stdout.toString());
    }),
    { numRuns: 300 },
  );
});
