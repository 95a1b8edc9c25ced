import assert from 'node:assert/strict';
import { test } from 'node:test';
import { attack } from '../../support/attacker.ts';
import { startGuarded } from '../../support/guarded.ts';
import { H2_PREFACE, h2Request } from '../../support/h2-frames.ts';
import { valuesOf, type Recorded } from '../../support/recorder.ts';

test('nobody but the gateway says who a client is, however the header is spelled', async (t) => {
  const guarded = await startGuarded(t);
  for (const forged of FORGED) {
    const lines = forged.map(([name, value]) => `${name}: ${value}\r\n`).join('');
    await attack(guarded.haproxy, `GET /case HTTP/1.1\r\nHost: a.test\r\n${lines}\r\n`);
    const small = forged.map(([name, value]) => [name.toLowerCase(), value] as const);
    await attack(
      guarded.haproxy,
      Buffer.concat([
        H2_PREFACE,
        h2Request([
          [':method', 'GET'],
          [':scheme', 'http'],
          [':authority', 'a.test'],
          [':path', '/case'],
          ...small,
        ]),
      ]),
    );
    for (const request of guarded.taken()) assertOwn(request);
  }
  await guarded.settle();
  t.diagnostic(`${2 * FORGED.length} forged sets of headers tried, 0 came through`);
});

// Private

const OWN = {
  'x-forwarded-for': '127.0.0.1',
  'x-forwarded-proto': 'http',
  'x-forwarded-host': 'a.test',
};

function assertOwn(request: Recorded): void {
  for (const [name, value] of Object.entries(OWN)) {
    assert.deepEqual(valuesOf(request, name), [value], JSON.stringify(request.headers));
  }
  for (const [name, value] of request.headers) {
    const plain = name.toLowerCase().replaceAll('_', '-');
    const isOurs = Object.hasOwn(OWN, plain) && plain === name.toLowerCase();
    assert.ok(
      isOurs ||
        !/^(?:x-forwarded|x-real|x-tidegate|forwarded$|proxy|te$|upgrade$|keep-alive$)/.test(plain),
      `${name}: ${value}`,
    );
    assert.ok(!value.includes('6.6.6.6') && !value.includes('evil'), `${name}: ${value}`);
  }
}

type Header = readonly [name: string, value: string];

const NAMES = ['For', 'Proto', 'Host', 'Port', 'Prefix', 'Server', 'Ssl', 'Scheme', 'By'];

const FORGED: readonly (readonly Header[])[] = [
  ...['X-Forwarded-', 'x_forwarded_', 'X-FORWARDED_', 'X_Forwarded-'].flatMap((prefix) =>
    NAMES.map((name): Header[] => [[`${prefix}${name}`, '6.6.6.6']]),
  ),
  ...[
    'X-Real-IP',
    'x_real_ip',
    'X-Real_Ip',
    'X-REAL-HOST',
    'X-Tidegate-User',
    'x_tidegate_user',
    'X-TIDEGATE-Claims',
    'Forwarded',
    'FORWARDED',
    'Proxy',
    'proxy',
    'Proxy-Authorization',
    'X-Forwarded',
    'x_forwarded',
  ].map((name): Header[] => [[name, 'for=6.6.6.6;host=evil']]),
  [
    ['X-Forwarded-For', '6.6.6.6'],
    ['X-Forwarded-For', '6.6.6.7'],
  ],
  [['X-Forwarded-For', '6.6.6.6, 127.0.0.1']],
  [
    ['x-forwarded-for', '6.6.6.6'],
    ['X-FORWARDED-FOR', 'evil'],
    ['X_Forwarded_For', 'evil'],
  ],
  [
    ['X-Forwarded-Host', 'evil'],
    ['X-Forwarded-Proto', 'https, evil'],
  ],
  [['Connection', 'x-forwarded-for']],
  [['Connection', 'x-forwarded-for, x-forwarded-proto, x-forwarded-host, x-request-id']],
  [
    ['Connection', 'close, X-Forwarded-For'],
    ['X-Forwarded-For', '6.6.6.6'],
  ],
  [
    ['Connection', 'authorization'],
    ['Authorization', 'Bearer x'],
  ],
  [['Connection', 'host']],
  [['Connection', 'transfer-encoding, content-length']],
  [
    ['Connection', 'keep-alive'],
    ['Keep-Alive', 'timeout=evil'],
  ],
  [['Proxy-Connection', 'keep-alive']],
  [['TE', 'trailers']],
  [
    ['Upgrade', 'h2c'],
    ['Connection', 'Upgrade, HTTP2-Settings'],
    ['HTTP2-Settings', 'AAMAAABk'],
  ],
  [
    ['X-Request-Id', 'evil'],
    ['X-Request-Id', 'evil'],
  ],
  [['X-Request-Id', 'evil evil evil']],
  [['X-Request-Id', `evil${'x'.repeat(200)}`]],
];
