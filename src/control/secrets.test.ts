import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resolved } from '../spec/fixtures/resolved.ts';
import { createSecrets } from './secrets.ts';

const apiOf = (command: string) => {
  const { api } = resolved({ services: { api: { command } } }).services;
  assert.ok(api);
  return api;
};

const spec = resolved({ services: { api: { command: 'x' } } });
const nothing = () => () => ({});

test('secrets are those read last, for each revision of a service apart', () => {
  let password = 'first';
  const secrets = createSecrets(() => ({ api: { PASSWORD: password } }), nothing);
  const [old, next] = [apiOf('old'), apiOf('next')];
  secrets.read([old], spec);
  password = 'second';
  assert.throws(() => secrets.of(next), /never read/);
  secrets.read([next], spec);
  assert.deepEqual(secrets.of(old), { PASSWORD: 'first' });
  assert.deepEqual(secrets.of(next), { PASSWORD: 'second' });
  secrets.read([old], spec);
  assert.deepEqual(secrets.of(old), { PASSWORD: 'second' });
});

test('what was read can be taken back', () => {
  let password = 'first';
  const secrets = createSecrets(() => ({ api: { PASSWORD: password } }), nothing);
  secrets.read([apiOf('x')], spec);
  password = 'second';
  const goBack = secrets.read([apiOf('x'), apiOf('y')], spec);
  goBack();
  assert.deepEqual(secrets.of(apiOf('x')), { PASSWORD: 'first' });
});

test('a secret that cannot be read leaves the ones read before', () => {
  let missing = false;
  const secrets = createSecrets(() => {
    if (missing) throw new Error('SECRET is not set');
    return { api: { SECRET: 'kept' } };
  }, nothing);
  secrets.read([apiOf('x')], spec);
  missing = true;
  assert.throws(() => secrets.read([apiOf('x')], spec), /not set/);
  assert.deepEqual(secrets.of(apiOf('x')), { SECRET: 'kept' });
});

test('what replicas are given beside them is that of the configuration read last, for all revisions', () => {
  const secrets = createSecrets(
    () => ({ api: { PASSWORD: 'x' } }),
    ({ name }) =>
      () => ({ GIVEN: name }),
  );
  secrets.read([apiOf('old')], { ...spec, name: 'first' });
  const goBack = secrets.read([], { ...spec, name: 'second' });
  assert.deepEqual(secrets.of(apiOf('old')), { PASSWORD: 'x', GIVEN: 'second' });
  goBack();
  assert.deepEqual(secrets.of(apiOf('old')), { PASSWORD: 'x', GIVEN: 'first' });
});
