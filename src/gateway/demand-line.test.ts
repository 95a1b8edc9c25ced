import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseAccessLine } from './access-line.ts';
import { parseDemandLine } from './demand-line.ts';

test('a demand is told from a request and from nonsense', () => {
  assert.equal(parseDemandLine('{"demand":"a-b_1"}\n'), 'a-b_1');
  for (const line of [
    '',
    '{"demand":""}',
    '{"demand":"a b"}',
    '{"demand":1}',
    '{"demand":"api","at":1}',
    ' {"demand":"api"}',
    '{"service":"{\\"demand\\":\\"api\\"}"}',
    `{"demand":"${'a'.repeat(64)}"}`,
  ])
    assert.equal(parseDemandLine(line), null, line);
  assert.equal(parseAccessLine('{"demand":"api"}'), null);
});
