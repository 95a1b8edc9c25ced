import assert from 'node:assert/strict';
import { createServer, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { test } from 'node:test';
import { requestBytes, type RequestParts } from './request-bytes.ts';

const parts = (more: Partial<RequestParts>): RequestParts => ({
  url: new URL('http://127.0.0.1:8080/a b?c=ü'),
  method: 'GET',
  headers: {},
  body: null,
  ...more,
});

test('a server reads what was meant', async (t) => {
  const server = createServer((request, answer) => {
    request.setEncoding('utf8').on('data', (text: string) => (seen.body += text));
    request.on('end', () => void answer.end(() => request.socket.end()));
    seen.request = request;
  });
  const seen = { body: '', request: null as IncomingMessage | null };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const { port } = server.address() as { port: number };
  const bytes = requestBytes(
    parts({
      url: new URL('http://me:p%3Aw@127.0.0.1:8080/a b?c=ü#d'),
      method: 'POST',
      headers: { Host: 'shop.example', 'x-key': ' k ' },
      body: 'grüß',
    }),
  );
  await new Promise<void>((resolve) => {
    const socket = connect(port, '127.0.0.1', () => void socket.end(bytes));
    socket.on('close', () => resolve()).resume();
  });
  assert.equal(seen.body, 'grüß');
  assert.equal(seen.request?.url, '/a%20b?c=%C3%BC');
  assert.equal(seen.request?.headers.host, 'shop.example');
  assert.equal(seen.request?.headers['x-key'], 'k');
  assert.equal(
    seen.request?.headers.authorization,
    `Basic ${Buffer.from('me:p:w').toString('base64')}`,
  );
});

test('a method that has a body says that it is empty', () => {
  assert.match(
    requestBytes(parts({ method: 'POST' })).toString(),
    /\r\nContent-Length: 0\r\n\r\n$/,
  );
  assert.doesNotMatch(requestBytes(parts({})).toString(), /content-length/i);
});

test('nothing given can end the request early or begin another', () => {
  for (const more of [
    { method: 'GET /x HTTP/1.1\r\nA: b' },
    { method: '' },
    { method: 'CONNECT' },
    { headers: { 'a\r\nb': 'c' } },
    { headers: { 'a b': 'c' } },
    { headers: { a: 'b\r\nc: d' } },
    { headers: { a: 'b\0' } },
    { headers: { a: '€' } },
    { url: new URL('http://50%:x@127.0.0.1/') },
    { headers: { 'Content-Length': '3' } },
    { headers: { 'transfer-encoding': 'chunked' } },
  ]) {
    assert.throws(() => requestBytes(parts(more)), { code: 'BAD_REQUEST', exitCode: 2 });
  }
});
