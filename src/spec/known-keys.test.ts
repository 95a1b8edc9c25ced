import assert from 'node:assert/strict';
import { test } from 'node:test';
import { knownKeys } from './known-keys.ts';
import { configSchema } from './schema/config.ts';

const keys = (...path: readonly (string | number)[]): readonly string[] =>
  knownKeys(configSchema, path);

test('keys are found through optional parts, lists and names of the choice of the user', () => {
  assert.ok(keys().includes('services'));
  assert.deepEqual(keys('admin'), ['port']);
  assert.ok(keys('gateway', 'routes', 3).includes('bodyLimit'));
  assert.deepEqual(keys('services', 'api', 'scale', 'brake'), ['errors']);
});

test('where one of several forms may stand, the keys of all are known', () => {
  assert.deepEqual(keys('services', 'api', 'env', 'KEY'), ['env', 'file']);
  assert.deepEqual(keys('services', 'api', 'signals', 'backlog'), [
    'redisList',
    'url',
    'database',
    'sql',
    'http',
    'path',
  ]);
});

test('nothing is known where the user chooses the names, or behind a path that leads nowhere', () => {
  assert.deepEqual(keys('services'), []);
  assert.deepEqual(keys('services', 'api', 'retries', 'x'), []);
  assert.deepEqual(keys('nowhere', 'at', 'all'), []);
});
