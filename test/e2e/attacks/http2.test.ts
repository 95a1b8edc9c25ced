import assert from 'node:assert/strict';
import { test } from 'node:test';
import { attack } from '../../support/attacker.ts';
import { startGuarded, VAULT } from '../../support/guarded.ts';
import {
  block,
  END_HEADERS,
  END_STREAM,
  frame,
  H2_PREFACE,
  h2Request,
  type Field,
} from '../../support/h2-frames.ts';

test('what HTTP/2 can say and HTTP/1.1 cannot becomes no second request and no other one', async (t) => {
  const guarded = await startGuarded(t);
  for (const [name, ...frames] of CASES) {
    await attack(guarded.haproxy, Buffer.concat([H2_PREFACE, ...frames])).catch(
      (thrown: unknown) => {
        throw new Error(name, { cause: thrown });
      },
    );
    const through = guarded
      .taken()
      .filter(({ service, target }) => (service === 'api') === target.startsWith(VAULT));
    assert.deepEqual(through, [], name);
  }
  await guarded.settle();
  t.diagnostic(`${CASES.length} attacks over HTTP/2 tried, 0 came through`);
});

// Private

const SMUGGLED = 'GET /vault/smuggled HTTP/1.1\r\nHost: a.test\r\n\r\n';
const END = '0\r\n\r\n';
const LINE = ` HTTP/1.1\r\nHost: a.test\r\n\r\n${SMUGGLED}`;

/** A sound head, with some fields changed, some left out (null) and some put behind. */
function head(changed: Readonly<Record<string, string | null>>, ...more: Field[]): Field[] {
  const sound = { ':method': 'POST', ':scheme': 'http', ':authority': 'a.test', ':path': '/case' };
  const fields = Object.entries({ ...sound, ...changed });
  return [
    ...fields.flatMap(([name, value]) => (value === null ? [] : [[name, value] as const])),
    ...more,
  ];
}

function ask(changed: Readonly<Record<string, string | null>>, ...more: Field[]): Buffer {
  return h2Request(head({ ':method': 'GET', ...changed }, ...more));
}

function send(body: string, ...more: Field[]): Buffer {
  return h2Request(head({}, ...more), body);
}

function named(kind: string, ...values: string[]): Attack[] {
  return values.map((value) => [`${kind} ${JSON.stringify(value)}`, ask({ [kind]: value })]);
}

function withField(name: string, ...values: string[]): Attack[] {
  return values.map((value) => [
    `${JSON.stringify(name)}: ${JSON.stringify(value)}`,
    send(END + SMUGGLED, [name, value]),
  ]);
}

type Attack = readonly [name: string, ...frames: Buffer[]];

const CASES: readonly Attack[] = [
  ...named(
    ':path',
    'vault/x',
    '',
    '*',
    '//vault/x',
    'http://b.test/case',
    `/case${LINE}`,
    '/a b',
    '/a\0b',
    '/a\tb',
    '/a\xffb',
    '@b.test/case',
    '?x',
    '/case#x',
    '/case\\x',
  ),
  ...named(
    ':method',
    'get',
    'CONNECT',
    'TRACE',
    'PRI',
    '',
    'GET /vault/x',
    `GET /vault/x${LINE}`,
    'G\0T',
    'GET\r\n',
    '(',
  ),
  ...named(
    ':scheme',
    'https',
    'ftp',
    'javascript',
    '',
    'http://b.test/vault/x?',
    `http${LINE}`,
    'ht tp',
    '\0',
  ),
  ...named(
    ':authority',
    '',
    'b.test@a.test',
    'a.test:80@b.test',
    'a.test/vault',
    'a.test b.test',
    `a.test\r\n\r\n${SMUGGLED}`,
    'a.test:99999999',
    'a.test,b.test',
    'a\0b',
  ),
  ...[':method', ':scheme', ':path', ':authority'].map(
    (name): Attack => [`without ${name}`, ask({ [name]: null })],
  ),
  ...head({}).map((field): Attack => [`${field[0]} twice`, ask({}, field)]),
  ['a pseudo header behind others', ask({ ':path': null }, ['x-a', 'b'], [':path', '/case'])],
  ['an unknown pseudo header', ask({ ':unknown': 'x' })],
  [':status', ask({ ':status': '200' })],
  [':protocol without CONNECT', ask({ ':protocol': 'websocket' })],
  ['CONNECT with a path', ask({ ':method': 'CONNECT' })],
  ['CONNECT without one', ask({ ':method': 'CONNECT', ':scheme': null, ':path': null })],
  ['CONNECT to h2c', ask({ ':method': 'CONNECT', ':protocol': 'h2c' })],
  ['Host beside :authority', ask({}, ['host', 'b.test'])],
  ['Host instead of :authority', ask({ ':authority': null }, ['host', 'a.test'])],
  ['two Host', ask({ ':authority': null }, ['host', 'a.test'], ['host', 'b.test'])],
  ...withField('X-A', 'b'),
  ...withField(
    'x-a',
    'b\r\nx-b: c',
    `b\r\n\r\n${SMUGGLED}`,
    'b\nc',
    'b\rc',
    'b\0c',
    ' b',
    'b ',
    'b\x7f',
  ),
  ...withField('', 'b'),
  ...withField('x a', 'b'),
  ...withField('x:a', 'b'),
  ...withField('x-a\r\nx-b', 'c'),
  ...withField(`x-a: b${LINE}`, 'c'),
  ...withField('x-a\0', 'b'),
  ...withField('\xe9', 'b'),
  ...withField('connection', 'close', 'keep-alive', 'upgrade', 'content-length'),
  ...withField('proxy-connection', 'keep-alive'),
  ...withField('keep-alive', 'timeout=5'),
  ...withField('transfer-encoding', 'chunked', 'identity', 'Chunked', 'xchunked', 'gzip, chunked'),
  ...withField('upgrade', 'h2c', 'websocket'),
  ...withField('te', 'gzip', 'trailers', 'chunked'),
  ...withField('expect', '100-continue', 'x'),
  ...withField(
    'content-length',
    '0',
    '1',
    '5',
    '999',
    '-1',
    '+5',
    '0x5',
    '5, 5',
    '',
    '5 ',
    '99999999999999999999',
    '5\r\n',
  ),
  ['two lengths', send('hello', ['content-length', '5'], ['content-length', '0'])],
  ['a length and chunks', send(END, ['content-length', '5'], ['transfer-encoding', 'chunked'])],
  ['a length without a body', ask({}, ['content-length', '46'])],
  [
    'trailers with pseudo headers',
    frame('headers', END_HEADERS, 1, block(head({}))),
    frame('headers', END_HEADERS | END_STREAM, 1, block([[':path', '/vault/x']])),
  ],
  [
    'trailers that frame',
    frame('headers', END_HEADERS, 1, block(head({}))),
    frame('data', 0, 1, Buffer.from('hello')),
    frame(
      'headers',
      END_HEADERS | END_STREAM,
      1,
      block([
        ['content-length', '3'],
        ['transfer-encoding', 'chunked'],
        ['host', 'b.test'],
      ]),
    ),
  ],
  [
    'trailers with a line break',
    frame('headers', END_HEADERS, 1, block(head({}))),
    frame('headers', END_HEADERS | END_STREAM, 1, block([['x-a', `b\r\n\r\n${SMUGGLED}`]])),
  ],
  [
    'trailers without an end',
    frame('headers', END_HEADERS, 1, block(head({}))),
    frame('headers', END_HEADERS, 1, block([['x-a', 'b']])),
  ],
  ['data behind the end', send('hello'), frame('data', END_STREAM, 1, Buffer.from(SMUGGLED))],
  ['data without a head', frame('data', END_STREAM, 1, Buffer.from(SMUGGLED))],
  ['a head on stream 0', h2Request(head({}), null, 0)],
  ['a head on an even stream', h2Request(head({}), null, 2)],
  ['streams backwards', h2Request(head({}), null, 5), h2Request(head({}), null, 3)],
  [
    'a head cut by another frame',
    frame('headers', 0, 1, block(head({}))),
    frame('data', END_STREAM, 1, Buffer.from('x')),
  ],
  [
    'a head in pieces',
    frame('headers', 0, 1, block(head({}).slice(0, 2))),
    frame('continuation', END_HEADERS, 1, block(head({}).slice(2))),
    frame('data', END_STREAM, 1, Buffer.from('x')),
  ],
  [
    'a head that never ends',
    frame('headers', END_STREAM, 1, block(head({}))),
    ...Array.from({ length: 200 }, () =>
      frame('continuation', 0, 1, block([['x-a', 'b'.repeat(100)]])),
    ),
  ],
  ['a head too large', ask({}, ...Array.from({ length: 150 }, (_, n): Field => [`x-${n}`, 'b']))],
  [
    'broken compression',
    frame('headers', END_HEADERS | END_STREAM, 1, Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff])),
  ],
  [
    'reset at once, many times',
    ...Array.from({ length: 200 }, (_, n) =>
      Buffer.concat([
        frame('headers', END_HEADERS, 2 * n + 1, block(head({}))),
        frame('rst', 0, 2 * n + 1, Buffer.from([0, 0, 0, 8])),
      ]),
    ),
  ],
  ['HTTP/1.1 behind the preface', Buffer.from(SMUGGLED)],
];
