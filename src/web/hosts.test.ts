import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hostAllowed, isLoopback, originAllowed } from './hosts.ts';

test('loopback names and addresses and the configured host pass, with any port', () => {
  for (const host of [
    'localhost',
    'localhost:8081',
    'LOCALHOST:9',
    'shop.localhost:1',
    '127.0.0.1:8081',
    '127.8.9.1',
    '[::1]:8081',
    'box.lan:8081',
  ])
    assert.equal(hostAllowed(host, 'box.lan'), true, host);
});

test('any other name is refused, also one that looks like loopback', () => {
  for (const host of [
    undefined,
    '',
    'evil.example',
    'evil.example:8081',
    'localhost.evil.example',
    'evillocalhost',
    '127.0.0.1.evil.example',
    '127.evil.example',
    'box.lan@evil.example',
    'localhost:80:80',
    '192.168.1.5',
    'localhost/evil',
  ])
    assert.equal(hostAllowed(host, 'box.lan'), false, String(host));
});

test('a server on every address takes literal addresses, which nobody can rebind, and no names', () => {
  assert.equal(hostAllowed('192.168.1.5:8081', '0.0.0.0'), true);
  assert.equal(hostAllowed('[fd00::5]:8081', '::'), true);
  assert.equal(hostAllowed('evil.example', '0.0.0.0'), false);
  assert.equal(hostAllowed('192.168.1.5', '127.0.0.1'), false);
});

test('an origin has to be the host of the request, port included', () => {
  assert.equal(originAllowed('http://127.0.0.1:8081', '127.0.0.1:8081'), true);
  assert.equal(originAllowed('https://box.lan', 'box.lan'), true);
  for (const origin of ['null', 'http://127.0.0.1:3000', 'http://evil.example', 'file://', ''])
    assert.equal(originAllowed(origin, '127.0.0.1:8081'), false, origin);
});

test('loopback covers 127/8, ::1 and the mapped form', () => {
  assert.deepEqual(
    ['127.0.0.1', '127.255.0.9', '::1', '::ffff:127.0.0.1', '10.0.0.1', '::ffff:10.0.0.1'].map(
      isLoopback,
    ),
    [true, true, true, true, false, false],
  );
});
