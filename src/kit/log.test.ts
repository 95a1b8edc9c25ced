import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from '../../test/support/temporary.ts';
import { createLog } from './log.ts';

test('what was thrown for an address does not bring its password into the log', (t) => {
  const path = join(temporaryFolder(t), 'log');
  const log = createLog(path);
  try {
    assert.ok(new URL('redis://:hidden@127.0.0.1:port'));
    assert.fail('it is no address');
  } catch (err) {
    log.warn({ err }, 'one');
    log.warn({ err: new Error('outer', { cause: err }) }, 'another');
    log.warn({ err: new AggregateError([err], 'several') }, 'more');
  }
  const text = readFileSync(path, 'utf8');
  assert.match(text, /ERR_INVALID_URL.*"msg":"one"/);
  assert.match(text, /"msg":"more"/);
  assert.doesNotMatch(text, /hidden/);
});
