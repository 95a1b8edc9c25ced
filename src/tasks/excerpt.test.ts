import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from '../../test/support/property.ts';
import { excerptOf } from './excerpt.ts';

const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' };

test('an answer of text is one line without control characters; one that is none is left out', () => {
  const of = (body: string | Buffer, headers: Record<string, string> = JSON_TYPE) =>
    excerptOf(Buffer.from(body as string), headers);
  assert.equal(of('{"error":"smtp is down"}'), '{"error":"smtp is down"}');
  assert.equal(of('{\n  "a": 1\r\n}\n'), '{ "a": 1 }');
  assert.equal(of('a\u001b[31mred\u0007\u202eb\0', { 'content-type': 'text/plain' }), 'ared b');
  assert.equal(of('no type', {}), 'no type');
  assert.equal(of(' \n'), null);
  assert.equal(of(Buffer.from([0xff, 0xfe, 0x41])), null);
  assert.equal(of('x', { 'content-type': 'image/png' }), null);
  assert.equal(of('x', { ...JSON_TYPE, 'content-encoding': 'gzip' }), null);
  const cut = of(Buffer.from('schön').subarray(0, 4));
  assert.equal(cut, 'sch');
  assert.equal(of('ü'.repeat(300)), `${'ü'.repeat(199)}…`);
});

test('whatever is answered, an excerpt is short and printable', () => {
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array(), fc.string({ unit: 'binary' })), (body) => {
      const line = excerptOf(Buffer.from(body as string), {});
      if (line === null) return;
      assert.ok(line !== '' && Array.from(line).length <= 200);
      assert.doesNotMatch(line, /\p{C}|[\n\r\u2028\u2029]/u);
    }),
  );
});
