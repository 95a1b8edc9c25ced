import assert from 'node:assert/strict';
import { test } from 'node:test';
import { full } from './fixtures/full.ts';
import { unbuiltKeys } from './unbuilt.ts';

test('every key of a later version is named where it is set', () => {
  assert.deepEqual(
    unbuiltKeys(full).map(({ path }) => path),
    ['services.api.image', 'services.api.port'],
  );
});

test('values of later versions are named, those of this one are not', () => {
  const service = (scale: object): object => ({ services: { api: { command: 'x', scale } } });
  assert.deepEqual(unbuiltKeys({ engine: 'swarm' }), [
    { path: 'engine', message: "the engine 'swarm' is not in this version" },
  ]);
  assert.deepEqual(unbuiltKeys({ engine: 'local' }), []);
  assert.deepEqual(unbuiltKeys(service({ policy: 'predictive', min: 1 })), []);
});

test('what is empty or switched off asks for nothing', () => {
  assert.deepEqual(
    unbuiltKeys({
      services: { api: { image: undefined, scale: {} } },
    }),
    [],
  );
});
