import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from '../../test/support/property.ts';
import { createFrameReader } from './log-frames.ts';

const line = fc.string({ unit: 'binary', maxLength: 40 });

function frame(text: string): Buffer {
  const bytes = Buffer.from(text);
  return Buffer.concat([Buffer.from(`${bytes.length} `), bytes]);
}

/** What a reader makes of a stream that arrives in pieces of these sizes. */
function read(stream: Buffer, sizes: readonly number[]): { lines: string[]; sound: boolean } {
  const lines: string[] = [];
  const reader = createFrameReader((bytes) => lines.push(bytes.toString()));
  let at = 0;
  let sound = true;
  for (const size of [...sizes, stream.length]) {
    if (sound) sound = reader.push(stream.subarray(at, at + size));
    at += size;
  }
  return { lines, sound };
}

test('however the stream is cut, the same lines come out', () => {
  fc.assert(
    fc.property(fc.array(line), fc.array(fc.integer({ min: 1, max: 9 })), (lines, sizes) => {
      const stream = Buffer.concat(lines.map(frame));
      const sent = lines.map((text) => Buffer.from(text).toString());
      assert.deepEqual(read(stream, sizes), { lines: sent, sound: true });
    }),
  );
});

test('what is no frame is noticed whatever came before', () => {
  fc.assert(
    fc.property(fc.array(line), fc.array(fc.integer({ min: 1, max: 9 })), (lines, sizes) => {
      const stream = Buffer.concat([...lines.map(frame), Buffer.from('{"at":1}')]);
      assert.equal(read(stream, sizes).sound, false);
    }),
  );
});

test('any bytes at all end in frames or in a verdict, never in an exception', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      read(Buffer.from(bytes), [1, 2, 3]);
    }),
  );
});

test('a length beyond any log line is not waited for', () => {
  assert.equal(read(Buffer.from('99999 {'), []).sound, false);
  assert.equal(read(Buffer.from('1234567'), []).sound, false);
});
