import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from '../../../test/support/property.ts';
import { parseCommand } from '../../spec/command.ts';
import { commandOf } from './command-text.ts';

test('words become text where our own rules split it into the same, else they stay a list', () => {
  const table = [
    [['node', 'server.js', '--port', '$PORT'], 'node server.js --port $PORT'],
    [
      ['node', 'a b.js'],
      ['node', 'a b.js'],
    ],
    [
      ['sh', '-c', 'a && b'],
      ['sh', '-c', 'a && b'],
    ],
    [
      ['echo', '*'],
      ['echo', '*'],
    ],
    [
      ['echo', '$HOME'],
      ['echo', '$HOME'],
    ],
    [
      ['cd', 'x'],
      ['cd', 'x'],
    ],
    [
      ['a', ''],
      ['a', ''],
    ],
  ] as const;
  for (const [words, command] of table) assert.deepEqual(commandOf(words), command);
});

test('whatever the words are, our configuration runs exactly them', () => {
  const word = fc.oneof(fc.string(), fc.constantFrom('$PORT', '"', "'", '\\', '`x`', 'a b'));
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), fc.array(word), (program, args) => {
      const parsed = parseCommand(commandOf([program, ...args]));
      assert.deepEqual(parsed, { ok: true, command: { kind: 'argv', argv: [program, ...args] } });
    }),
  );
});
