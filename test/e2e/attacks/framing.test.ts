import { test } from 'node:test';
import assert from 'node:assert/strict';
import { attack } from '../../support/attacker.ts';
import { startGuarded, VAULT } from '../../support/guarded.ts';

test('however a request is framed, services get each request once, as the gateway judged it', async (t) => {
  const guarded = await startGuarded(t);
  for (const [name, bytes] of CASES) {
    await attack(guarded.haproxy, bytes).catch((thrown: unknown) => {
      throw new Error(name, { cause: thrown });
    });
    const through = guarded
      .taken()
      .filter(({ service, target }) => service === 'api' && target.startsWith(VAULT));
    assert.deepEqual(through, [], name);
  }
  await guarded.settle();
  t.diagnostic(`${CASES.length} attacks on framing tried, 0 came through`);
});

// Private

const SMUGGLED = 'GET /vault/smuggled HTTP/1.1\r\nHost: a.test\r\n\r\n';
const H = 'Host: a.test\r\n';
const END = '0\r\n\r\n';

function post(headers: string, body: string): string {
  return `POST /case HTTP/1.1\r\n${H}${headers}\r\n${body}`;
}

function get(headers: string, rest = ''): string {
  return `GET /case HTTP/1.1\r\n${H}${headers}\r\n${rest}`;
}

type Attack = readonly [name: string, bytes: string];

const CASES: readonly Attack[] = [
  ['CL.TE', post('Content-Length: 6\r\nTransfer-Encoding: chunked\r\n', END + SMUGGLED)],
  [
    'TE.CL',
    post(
      'Transfer-Encoding: chunked\r\nContent-Length: 4\r\n',
      `${SMUGGLED.length.toString(16)}\r\n${SMUGGLED}\r\n${END}`,
    ),
  ],
  ...[
    ' chunked',
    '\tchunked',
    '  chunked  ',
    'Chunked',
    'CHUNKED',
    ' xchunked',
    ' chunked, identity',
    ' identity, chunked',
    ' gzip, chunked',
    ' chunked, chunked',
    ' chunked;a=b',
    ' "chunked"',
    '\x0bchunked',
    '\x0cchunked',
    ' chunked\x00',
    ' identity',
    '',
    ' ,chunked',
    ' chunked,',
  ].map(
    (te): Attack => [
      `TE ${JSON.stringify(te)}`,
      post(`Transfer-Encoding:${te}\r\nContent-Length: ${SMUGGLED.length + 5}\r\n`, END + SMUGGLED),
    ],
  ),
  ...[
    ' chunked',
    ' xchunked',
    ' chunked, identity',
    ' "chunked"',
    ' gzip, chunked',
    ' identity',
    '',
  ].map(
    (te): Attack => [
      `TE no CL ${JSON.stringify(te)}`,
      post(`Transfer-Encoding:${te}\r\n`, END + SMUGGLED),
    ],
  ),
  [
    'TE twice',
    post('Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n', END + SMUGGLED),
  ],
  [
    'TE twice2',
    post('Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n', END + SMUGGLED),
  ],
  [
    'TE twice3',
    post('Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n', END + SMUGGLED),
  ],
  ['TE space', post('Transfer-Encoding : chunked\r\nContent-Length: 5\r\n', END + SMUGGLED)],
  ['TE fold', post('Transfer-Encoding:\r\n chunked\r\nContent-Length: 5\r\n', END + SMUGGLED)],
  ['TE http/1.0', `POST /case HTTP/1.0\r\n${H}Transfer-Encoding: chunked\r\n\r\n${END}${SMUGGLED}`],
  [
    'TE http/1.0 CL',
    `POST /case HTTP/1.0\r\n${H}Connection: keep-alive\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n${END}${SMUGGLED}`,
  ],
  ['TE underscore', post('Transfer_Encoding: chunked\r\nContent-Length: 5\r\n', END + SMUGGLED)],
  ['CL twice', post('Content-Length: 5\r\nContent-Length: 5\r\n', 'hello' + SMUGGLED)],
  ['CL twice diff', post('Content-Length: 5\r\nContent-Length: 0\r\n', 'hello' + SMUGGLED)],
  ...[
    '+5',
    '5, 5',
    '5, 6',
    '-5',
    '-0',
    '0x5',
    '5 5',
    '5.0',
    '5e0',
    '99999999999999999999',
    '18446744073709551621',
    '',
    ' ',
    '"5"',
    '05',
    '00005',
    '5\x0b',
    '5\x00',
    '５',
    'a',
    ',5',
    '5,',
    '5\t',
  ].map(
    (cl): Attack => [
      `CL ${JSON.stringify(cl)}`,
      post(`Content-Length: ${cl}\r\n`, 'hello' + SMUGGLED),
    ],
  ),
  ['CL empty then', post('Content-Length:\r\nContent-Length: 5\r\n', 'hello' + SMUGGLED)],
  ['CL space', post('Content-Length : 5\r\n', 'hello' + SMUGGLED)],
  ['GET CL body', get(`Content-Length: ${SMUGGLED.length}\r\n`, SMUGGLED)],
  [
    'HEAD CL body',
    `HEAD /case HTTP/1.1\r\n${H}Content-Length: ${SMUGGLED.length}\r\n\r\n${SMUGGLED}`,
  ],
  ['fold', get('X-A: b\r\n c\r\n')],
  ['fold tab', get('X-A: b\r\n\tc\r\n')],
  ['fold host', `GET /case HTTP/1.1\r\nX-A: b\r\n Host: b.test\r\n${H}\r\n`],
  ['bare LF head', `GET /case HTTP/1.1\n${H.replace('\r', '')}\n`],
  ['bare LF mid', get('X-A: b\nX-B: c\r\n')],
  ['bare LF smuggle', get('X-A: b\n\n' + SMUGGLED)],
  ['bare CR', get('X-A: b\rX-B: c\r\n')],
  ['bare CR CR LF', get('X-A: b\r\r\n')],
  ['NUL value', get('X-A: b\0c\r\n')],
  ['NUL name', get('X\0A: b\r\n')],
  ['NUL path', `GET /a\0b HTTP/1.1\r\n${H}\r\n`],
  ['space colon', get('X-A : b\r\n')],
  ['tab colon', get('X-A\t: b\r\n')],
  ['space before name', `GET /case HTTP/1.1\r\n X-A: b\r\n${H}\r\n`],
  ['empty name', get(': b\r\n')],
  ['no colon', get('X-A\r\n')],
  ['high byte', get('X-A: \xff\xfe\r\n')],
  ['high byte name', get('X-\xe9: a\r\n')],
  ['(name', get('X(A): a\r\n')],
  ['DEL', get('X-A: a\x7f\r\n')],
  ['two hosts', `GET /case HTTP/1.1\r\nHost: a.test\r\nHost: b.test\r\n\r\n`],
  ['two hosts same', `GET /case HTTP/1.1\r\nHost: a.test\r\nHost: a.test\r\n\r\n`],
  ['no host', `GET /case HTTP/1.1\r\n\r\n`],
  ['empty host', `GET /case HTTP/1.1\r\nHost:\r\n\r\n`],
  ...[
    'a.test@b.test',
    'a.test:80@b.test',
    'a.test:80:90',
    'a.test:abc',
    'a.test/',
    'a.test#',
    'a.test?x',
    'a.test b.test',
    'a.test, b.test',
    '[::1',
    'a.test\t',
    'a..test',
    '-',
    '%61.test',
    'a.test.',
    '"a.test"',
  ].map((h): Attack => [`host ${h}`, `GET /case HTTP/1.1\r\nHost: ${h}\r\n\r\n`]),
  ['absolute other', `GET http://b.test/case HTTP/1.1\r\n${H}\r\n`],
  ['absolute same', `GET http://a.test/case HTTP/1.1\r\n${H}\r\n`],
  ['absolute userinfo', `GET http://a.test@b.test/case HTTP/1.1\r\nHost: b.test\r\n\r\n`],
  ['absolute no path', `GET http://a.test HTTP/1.1\r\n${H}\r\n`],
  ['absolute https', `GET https://a.test/case HTTP/1.1\r\n${H}\r\n`],
  ['absolute ftp', `GET ftp://a.test/case HTTP/1.1\r\n${H}\r\n`],
  ['absolute file', `GET file:///etc/passwd HTTP/1.1\r\n${H}\r\n`],
  ['absolute no host', `GET http://a.test/case HTTP/1.1\r\n\r\n`],
  ['rel path', `GET case HTTP/1.1\r\n${H}\r\n`],
  ['@ path', `GET @b.test/case HTTP/1.1\r\n${H}\r\n`],
  ['star', `GET * HTTP/1.1\r\n${H}\r\n`],
  ['OPTIONS *', `OPTIONS * HTTP/1.1\r\n${H}\r\n`],
  ['CONNECT', `CONNECT a.test:443 HTTP/1.1\r\nHost: a.test:443\r\n\r\n${SMUGGLED}`],
  ['CONNECT path', `CONNECT /case HTTP/1.1\r\n${H}\r\n${SMUGGLED}`],
  ['TRACE', `TRACE /case HTTP/1.1\r\n${H}\r\n`],
  ['0.9', `GET /case\r\n\r\n${SMUGGLED}`],
  ['1.0 ka', `GET /case HTTP/1.0\r\n${H}Connection: keep-alive\r\n\r\n${SMUGGLED}`],
  ['1.2', `GET /case HTTP/1.2\r\n${H}\r\n`],
  ['2.0', `GET /case HTTP/2.0\r\n${H}\r\n`],
  ['0.1', `GET /case HTTP/0.1\r\n${H}\r\n`],
  ['http/1.1', `GET /case http/1.1\r\n${H}\r\n`],
  ['11.1', `GET /case HTTP/11.1\r\n${H}\r\n`],
  ['two spaces', `GET  /case HTTP/1.1\r\n${H}\r\n`],
  ['tab', `GET\t/case\tHTTP/1.1\r\n${H}\r\n`],
  ['space in path', `GET /case /vault HTTP/1.1\r\n${H}\r\n`],
  ['method lower', `get /case HTTP/1.1\r\n${H}\r\n`],
  ['method weird', `G(T /case HTTP/1.1\r\n${H}\r\n`],
  ['leading CRLF', `\r\n\r\nGET /case HTTP/1.1\r\n${H}\r\n`],
  ['leading LF', `\nGET /case HTTP/1.1\r\n${H}\r\n`],
  ...[
    '5;x\r\nhello',
    '5;x=y\r\nhello',
    '5;x="y\r\n0\r\n\r\n"\r\nhello',
    `5;${'a'.repeat(20000)}\r\nhello`,
    '5 \r\nhello',
    ' 5\r\nhello',
    '5\t\r\nhello',
    '0x5\r\nhello',
    '+5\r\nhello',
    '-5\r\nhello',
    '5\nhello',
    '5\r\nhello\n',
    '5\r\nhellox\r\n',
    '100000000\r\nhello',
    'ffffffffffffffff\r\nhello',
    '10000000000000005\r\nhello',
    'FFFFFFFFFFFFFFFB\r\nhello',
    '00000000000000000005\r\nhello',
    '\r\nhello',
    'g\r\nhello',
    '5;\nx\r\nhello',
    '5;x\ny\r\nhello',
    '5;\rx\r\nhello',
    '5;\0\r\nhello',
  ].map(
    (c): Attack => [
      `chunk ${JSON.stringify(c.slice(0, 40))}`,
      post(
        'Transfer-Encoding: chunked\r\n',
        `${c}${c.endsWith('\n') ? '' : '\r\n'}${END}${SMUGGLED}`,
      ),
    ],
  ),
  [
    'trailer',
    post(
      'Transfer-Encoding: chunked\r\nTrailer: x-forwarded-for\r\n',
      `5\r\nhello\r\n0\r\nX-Forwarded-For: 6.6.6.6\r\nContent-Length: 3\r\nHost: b.test\r\n\r\n${SMUGGLED}`,
    ),
  ],
  [
    'trailer LF',
    post('Transfer-Encoding: chunked\r\n', `5\r\nhello\r\n0\r\nX-A: b\n\n${SMUGGLED}`),
  ],
  ['last chunk 00', post('Transfer-Encoding: chunked\r\n', `5\r\nhello\r\n000\r\n\r\n${SMUGGLED}`)],
  ['no last CRLF', post('Transfer-Encoding: chunked\r\n', `5\r\nhello\r\n0\r\n${SMUGGLED}`)],
  [
    'h2c',
    get(
      'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n',
      SMUGGLED,
    ),
  ],
  [
    'ws refused',
    get(
      'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n',
      SMUGGLED,
    ),
  ],
  [
    'ws refused bad version',
    get(
      'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 777\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n',
      SMUGGLED,
    ),
  ],
  [
    'ws body',
    post(
      'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nContent-Length: 5\r\n',
      'hello' + SMUGGLED,
    ),
  ],
  ['expect', post('Expect: 100-continue\r\nContent-Length: 5\r\n', 'hello' + SMUGGLED)],
  ['expect other', post('Expect: 200-maybe\r\nContent-Length: 5\r\n', 'hello' + SMUGGLED)],
  ['expect get', get('Expect: 100-continue\r\n', SMUGGLED)],
  ['conn CL', post('Connection: content-length\r\nContent-Length: 5\r\n', 'hello' + SMUGGLED)],
  [
    'conn TE',
    post('Connection: transfer-encoding\r\nTransfer-Encoding: chunked\r\n', END + SMUGGLED),
  ],
  ['conn host', get('Connection: host\r\n', SMUGGLED)],
  ['many headers', get('X-A: b\r\n'.repeat(150))],
  ['long header', get(`X-A: ${'b'.repeat(20000)}\r\n`)],
  ['long path', `GET /${'b'.repeat(20000)} HTTP/1.1\r\n${H}\r\n`],
  ['header 15k', get(`X-A: ${'b'.repeat(14000)}\r\n`)],
  ['99 headers', get('X-A: b\r\n'.repeat(95))],
  ['hash', `GET /case#/../vault HTTP/1.1\r\n${H}\r\n`],
  ['garbage', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
];
