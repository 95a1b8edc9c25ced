import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from '../../test/support/property.ts';
import { parseCommand } from '../spec/command.ts';
import { shellText } from './shell-text.ts';

test('quoted for a shell, words are split into the same again', () => {
  fc.assert(
    fc.property(fc.array(fc.stringMatching(/^[a-z '"\\|;]{1,6}$/), { minLength: 1 }), (words) => {
      const parsed = parseCommand(`x ${shellText(words)}`);
      assert.deepEqual(parsed, { ok: true, command: { kind: 'argv', argv: ['x', ...words] } });
    }),
  );
});
