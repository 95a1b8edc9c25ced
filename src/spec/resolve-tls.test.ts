import assert from 'node:assert/strict';
import { test } from 'node:test';
import { command, problems, resolved } from './fixtures/resolved.ts';

const services = { api: { command } };
const files = { cert: './tls/full chain.pem', key: '/etc/key.pem' };

test('TLS has its defaults filled in and its files made absolute', () => {
  assert.equal(resolved({ services }).gateway.tls, null);
  assert.deepEqual(resolved({ gateway: { tls: files }, services }).gateway.tls, {
    cert: '/srv/My Shop/tls/full chain.pem',
    key: '/etc/key.pem',
    port: 8443,
    redirect: false,
    hstsMs: null,
  });
  const all = { ...files, port: 443, redirect: true, hsts: '365d' };
  const { port, redirect, hstsMs } =
    resolved({ gateway: { tls: all }, services }).gateway.tls ?? {};
  assert.deepEqual([port, redirect, hstsMs], [443, true, 31_536_000_000]);
});

test('what is wrong with it is said', () => {
  const said = problems({ gateway: { tls: { cert: 'c', hsts: '5000d', port: 0 } }, services });
  assert.match(said.join('\n'), /gateway\.tls\.key: is missing: it must be one line of text/);
  assert.match(said.join('\n'), /gateway\.tls\.hsts: must be a duration such as '365d'/);
  assert.match(said.join('\n'), /gateway\.tls\.port: must be a whole number from 1 to 65535/);
});

test('its port is its own, the defaults counted', () => {
  const said = (gateway: object, admin = 8081): readonly string[] =>
    problems({ gateway: { tls: files, ...gateway }, admin: { port: admin }, services });
  assert.deepEqual(said({ tls: { ...files, port: 8080 } }), [
    "gateway.tls.port: 8080 is gateway.port's default: choose another, or set gateway.port too",
  ]);
  assert.deepEqual(said({ port: 8443 }), [
    "gateway.port: 8443 is gateway.tls.port's default: choose another, or set gateway.tls.port too",
  ]);
  assert.deepEqual(said({}, 8443), [
    "admin.port: 8443 is gateway.tls.port's default: choose another, or set gateway.tls.port too",
  ]);
});
