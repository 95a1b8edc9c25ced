import assert from 'node:assert/strict';
import { test } from 'node:test';
import { command, resolved } from '../../spec/fixtures/resolved.ts';
import { readAddress, requireAddresses } from './addresses.ts';

const alertsOf = (...alerts: readonly object[]) =>
  resolved({ services: { api: { command } }, alerts }).alerts;
const when = 'api.cpu > 50%';

test('an address that is a secret is read, and held to the same rules', () => {
  const url = { env: 'HOOK' };
  const of = (text: string, insecure = false) => readAddress({ url, insecure }, () => text);
  assert.equal(of('https://hooks.example.org/hunter2\n'), 'https://hooks.example.org/hunter2');
  assert.equal(of('http://10.0.0.1/hunter2', true), 'http://10.0.0.1/hunter2');
  for (const bad of ['http://10.0.0.1/hunter2', 'hunter2', 'https://me:hunter2@example.org/']) {
    assert.throws(
      () => of(bad),
      (thrown: Error & { code?: string }) =>
        thrown.code === 'BAD_ALERT_ADDRESS' && !thrown.message.includes('hunter2'),
      bad,
    );
  }
});

test('an address that cannot be read is found before an alert fires, also that of the defaults', () => {
  const missing = () => {
    throw new Error('the environment variable HOOK is not set');
  };
  const notify = { env: 'HOOK' };
  const refused = { code: 'SECRET_MISSING', exitCode: 2 };
  assert.throws(() => requireAddresses(alertsOf({ when, notify }), missing), refused);
  assert.throws(() => requireAddresses(alertsOf({ defaults: true, notify }), missing), refused);
  requireAddresses(alertsOf({ when, notify: 'https://example.org/' }), missing);
  requireAddresses(alertsOf({ when }), missing);
});
