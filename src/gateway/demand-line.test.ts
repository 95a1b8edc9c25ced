import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseAccessLine } from './access-line.ts';
import { parseDemandLine } from './demand-line.ts';

test('a demand is told from a request and from nonsense', () => {
  assert.deepEqual(parseDemandLine('{"demand":"a-b_1"}\n'), { kind: 'service', name: 'a-b_1' });
  assert.deepEqual(parseDemandLine('{"key":"main"}'), { kind: 'key', name: 'main' });
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
