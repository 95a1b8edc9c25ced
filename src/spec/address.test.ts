import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gatewayUrlOf, plainUrlOf } from './address.ts';

const url = (host: string): string => gatewayUrlOf({ host, port: 8080, tls: null });

test('a gateway on one address is dialled there, one that listens everywhere on loopback', () => {
  assert.equal(url('127.0.0.1'), 'http://127.0.0.1:8080');
  assert.equal(url('10.0.0.5'), 'http://10.0.0.5:8080');
  assert.equal(url('0.0.0.0'), 'http://127.0.0.1:8080');
  assert.equal(url('::'), 'http://127.0.0.1:8080');
});

test('an IPv6 address stands in brackets', () => {
  assert.equal(url('::1'), 'http://[::1]:8080');
});

test('where there is HTTPS it is named, but for services', () => {
  const tls = { cert: 'c', key: 'k', port: 8443, redirect: false, hstsMs: null };
  const gateway = { host: '0.0.0.0', port: 8080, tls };
  assert.equal(gatewayUrlOf(gateway), 'https://127.0.0.1:8443');
  assert.equal(plainUrlOf(gateway), 'http://127.0.0.1:8080');
});
