import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from '../../../test/support/property.ts';
import { createAnswerParser, type Answer } from './answer-parser.ts';

/** Feeds the text in pieces; what the parser said last, and how many bytes it had by then. */
function feed(text: string, { method = 'GET', pieces = [text.length] as readonly number[] } = {}) {
  const parser = createAnswerParser();
  parser.begin(method);
  const bytes = Buffer.from(text, 'latin1');
  let at = 0;
  for (const size of [...pieces, bytes.length]) {
    const piece = bytes.subarray(at, at + size);
    if (piece.length === 0) continue;
    at += piece.length;
    // As in a socket's own buffer, what lies behind the piece is of another time.
    const said = parser.push(Buffer.concat([piece, Buffer.from('\r\n0\r\n\r\n')]), piece.length);
    if (said !== 'more') return { said, at };
  }
  return { said: parser.end() ?? ('more' as const), at };
}

const body = fc.string({ unit: 'binary-ascii', maxLength: 60 });
const pieces = fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 60 });
const status = fc.constantFrom(200, 201, 302, 404, 500, 503);
const early = fc.constantFrom(
  '',
  'HTTP/1.1 100 Continue\r\n\r\n',
  'HTTP/1.1 103 Hints\r\nlink: </a>\r\n\r\n',
);
const fields = fc.constantFrom('', 'X-A: b\r\n', 'date:x\r\nServer:  y z \r\n');
const chunked = fc
  .tuple(fc.array(body), fc.constantFrom('', ';a=b', ' '), fc.constantFrom('', 'x-t: 1\r\n'))
  .map(
    ([chunks, extension, trailer]) =>
      chunks
        .filter((chunk) => chunk !== '')
        .map((chunk) => `${chunk.length.toString(16)}${extension}\r\n${chunk}\r\n`)
        .join('') + `0\r\n${trailer}\r\n`,
  );

test('an answer with a length is whole at its last byte, however it arrives', () => {
  fc.assert(
    fc.property(early, status, fields, body, pieces, (before, code, more, content, sizes) => {
      const text = `${before}HTTP/1.1 ${code} Any\r\n${more}Content-Length: ${content.length}\r\n\r\n${content}`;
      assert.deepEqual(pick(feed(text, { pieces: sizes })), [code, true, text.length]);
    }),
  );
});

test('an answer in chunks is whole after its trailer, however it arrives', () => {
  fc.assert(
    fc.property(status, fields, chunked, pieces, (code, more, content, sizes) => {
      const text = `HTTP/1.1 ${code} Any\r\n${more}Transfer-Encoding: chunked\r\n\r\n${content}`;
      assert.deepEqual(pick(feed(text, { pieces: sizes })), [code, true, text.length]);
    }),
  );
});

test('an answer without a length ends with its connection', () => {
  fc.assert(
    fc.property(status, body, pieces, (code, content, sizes) => {
      const text = `HTTP/1.0 ${code} Any\r\nserver: old\r\n\r\n${content}`;
      assert.deepEqual(pick(feed(text, { pieces: sizes })), [code, false, text.length]);
    }),
  );
});

test('what answers HEAD, and 204 and 304, has no body whatever its head says', () => {
  const long = 'content-length: 99\r\n\r\n';
  assert.deepEqual(pick(feed(`HTTP/1.1 200 OK\r\n${long}`, { method: 'HEAD' })).slice(0, 2), [
    200,
    true,
  ]);
  assert.deepEqual(pick(feed(`HTTP/1.1 304 Not Modified\r\n${long}`)).slice(0, 2), [304, true]);
  assert.deepEqual(pick(feed('HTTP/1.1 204 No Content\r\n\r\n')).slice(0, 2), [204, true]);
});

test('an answer that is cut off anywhere is never whole', () => {
  fc.assert(
    fc.property(
      body.filter((text) => text !== ''),
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      (content, part) => {
        const text = `HTTP/1.1 200 OK\r\ncontent-length: ${content.length}\r\n\r\n${content}`;
        assert.equal(feed(text.slice(0, Math.floor(text.length * part))).said, 'more');
      },
    ),
  );
});

test('the connection is kept unless the server says otherwise', () => {
  const kept = (first: string, header: string) =>
    (feed(`${first} 200 OK\r\n${header}content-length: 0\r\n\r\n`).said as Answer).keepAlive;
  assert.equal(kept('HTTP/1.1', ''), true);
  assert.equal(kept('HTTP/1.1', 'Connection: Close\r\n'), false);
  assert.equal(kept('HTTP/1.1', 'connection: te\r\nconnection: x, close\r\n'), false);
  assert.equal(kept('HTTP/1.0', ''), false);
  assert.equal(kept('HTTP/1.0', 'Connection: keep-alive\r\n'), true);
});

test('what is no HTTP/1, or ends in two ways at once, is broken', () => {
  for (const text of [
    'SSH-2.0-OpenSSH\r\n',
    'HTTP/2 200\r\n\r\n',
    'http/1.1 200 OK\r\n\r\n',
    'HTTP/1.1 20 OK\r\n\r\n',
    'HTTP/1.1 200 OK\ncontent-length: 0\n\n\r\n\r\n',
    'HTTP/1.1 200 OK\ncontent-length: 2\n\nok',
    'HTTP/1.1 200 OK\r\ncontent length: 0\r\n\r\n',
    'HTTP/1.1 200 OK\r\n folded: 0\r\n\r\n',
    'HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n',
    'HTTP/1.1 200 OK\r\ncontent-length: 0x1\r\n\r\n',
    'HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab',
    'HTTP/1.1 200 OK\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
    'HTTP/1.1 200 OK\r\ntransfer-encoding: gzip\r\n\r\n',
    'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n',
    'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n',
    'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\na\r\n0\r\n\r\n',
    'HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\nab',
    'HTTP/1.1 204 No Content\r\n\r\nab',
    'HTTP/1.1 101 Switching\r\n\r\n',
    `HTTP/1.1 200 OK\r\nx: ${'a'.repeat(70_000)}`,
    `HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1;${'a'.repeat(5_000)}`,
  ]) {
    assert.equal(feed(text).said, 'broken', text.slice(0, 80));
  }
});

test('no bytes whatever make it throw or never end', () => {
  const likely = fc.constantFrom(
    'HTTP/1.1 200 OK\r\n',
    'content-length: 3\r\n',
    '\r\n',
    'transfer-encoding: chunked\r\n',
    '5\r\n',
    '\n',
    ':',
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(likely, body), { maxLength: 12 }), pieces, (parts, sizes) => {
      const text = parts.join('');
      // And they mean the same in pieces as in one.
      const [whole, split] = [feed(text), feed(text, { pieces: sizes })];
      if (whole.said !== 'broken') assert.deepEqual(split.said, whole.said);
    }),
    { numRuns: 300 },
  );
});

// Private

function pick({ said, at }: ReturnType<typeof feed>): readonly unknown[] {
  return typeof said === 'string' ? [said] : [said.status, said.keepAlive, at];
}
