import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EXIT, TidegateError } from '../kit/errors.ts';
import { goingOnWithout } from './start-words.ts';

test('a start that failed keeps its code and says that what runs goes on', () => {
  const hint = 'stop that program';
  const refused = new TidegateError('PORT_TAKEN', 'Taken.', { hint, exitCode: EXIT.usage });
  const told = goingOnWithout(refused) as TidegateError;
  assert.equal(told.code, 'PORT_TAKEN');
  assert.equal(told.exitCode, EXIT.usage);
  assert.match(told.hint ?? '', /^stop that program\. What was running goes on/);
  const other = new Error('of Node');
  assert.equal(goingOnWithout(other), other);
});
