import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resolved } from '../spec/fixtures/resolved.ts';
import { createSecrets } from './secrets.ts';

const apiOf = (command: string) => {
  const { api } = resolved({ services: { api: { command } } }).services;
  assert.ok(api);
  return api;
};

test('secrets are those read last, for each revision of a service apart', () => {
  let password = 'first';
  const secrets = createSecrets(() => ({ api: { PASSWORD: password } }));
  const [old, next] = [apiOf('old'), apiOf('next')];
  secrets.read([old]);
  password = 'second';
  assert.throws(() => secrets.of(next), /never read/);
  secrets.read([next]);
  assert.deepEqual(secrets.of(old), { PASSWORD: 'first' });
  assert.deepEqual(secrets.of(next), { PASSWORD: 'second' });
  secrets.read([old]);
  assert.deepEqual(secrets.of(old), { PASSWORD: 'second' });
});

test('what was read can be taken back', () => {
  let password = 'first';
  const secrets = createSecrets(() => ({ api: { PASSWORD: password } }));
  secrets.read([apiOf('x')]);
  password = 'second';
  const goBack = secrets.read([apiOf('x'), apiOf('y')]);
  goBack();
  assert.deepEqual(secrets.of(apiOf('x')), { PASSWORD: 'first' });
});

test('a secret that cannot be read leaves the ones read before', () => {
  let missing = false;
  const secrets = createSecrets(() => {
    if (missing) throw new Error('SECRET is not set');
    return { api: { SECRET: 'kept' } };
  });
  secrets.read([apiOf('x')]);
  missing = true;
  assert.throws(() => secrets.read([apiOf('x')]), /not set/);
  assert.deepEqual(secrets.of(apiOf('x')), { SECRET: 'kept' });
});
