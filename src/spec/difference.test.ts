import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import { test } from 'node:test';
import fc from '../../test/support/property.ts';
import { differingKeys } from './difference.ts';
import { command, resolved } from './fixtures/resolved.ts';

const api = (keys: object = {}, top: object = {}) =>
  resolved({ ...top, services: { api: { command, ...keys } } });

test('the same configuration differs in nothing, however it was written', () => {
  assert.deepEqual(differingKeys(api(), api({ scale: { min: 1, up: { latency: '1000ms' } } })), []);
  const env = { A: '1', B: '2' };
  assert.deepEqual(differingKeys(api({ env }), api({ env: { B: '2', A: '1' } })), []);
});

test('keys are named as a person writes them', () => {
  const keys = (changes: object, top: object = {}) => differingKeys(api(), api(changes, top));
  assert.deepEqual(keys({ command: 'node other.js' }), ['services.api.command']);
  assert.deepEqual(keys({ env: { API_MS: '1', LimitBytes: '2' } }), [
    'services.api.env.API_MS',
    'services.api.env.LimitBytes',
  ]);
  assert.deepEqual(keys({ drain: '5m' }), ['services.api.drain']);
  assert.deepEqual(keys({ health: { path: '/up', startup: '5s' } }), [
    'services.api.health.path',
    'services.api.health.startup',
  ]);
  assert.deepEqual(keys({ resources: { memory: '1GB' } }), ['services.api.resources.memory']);
  assert.deepEqual(keys({ scale: { max: 3, up: { cpu: '50%', latency: false } } }), [
    'services.api.scale.max',
    'services.api.scale.up.cpu',
    'services.api.scale.up.latency',
  ]);
  assert.deepEqual(keys({ update: { maxSurge: 3 } }), ['services.api.update.maxSurge']);
  assert.deepEqual(keys({ balance: 'hash', hashBy: 'cookie:id' }), [
    'services.api.balance',
    'services.api.hashBy',
  ]);
  assert.deepEqual(
    keys(
      {},
      { gateway: { port: 9000, routes: [{ path: '/*', service: 'api', bodyLimit: '1MB' }] } },
    ),
    ['gateway.port', 'gateway.routes'],
  );
  assert.deepEqual(keys({}, { name: 'other', admin: { port: 9 }, host: { maxReplicas: 3 } }), [
    'name',
    'admin.port',
    'host.maxReplicas',
  ]);
});

test('a service that came or went is named as a whole', () => {
  const routes = [{ path: '/*', service: 'api' }];
  const web = resolved({ gateway: { routes }, services: { api: { command }, web: { command } } });
  assert.deepEqual(differingKeys(api(), web), ['services.web']);
  assert.deepEqual(differingKeys(web, api()), ['services.web']);
});

test('what only follows from another key is not named beside it', () => {
  assert.deepEqual(
    differingKeys(
      api(),
      api({}, { gateway: { routes: [{ path: '/*', service: 'api', timeout: '5m' }] } }),
    ),
    ['gateway.routes'],
  );
  assert.deepEqual(differingKeys(api(), api({ concurrency: 100 })), ['services.api.concurrency']);
  assert.deepEqual(differingKeys(api(), api({ scale: { cooldown: { down: '5s' } } })), [
    'services.api.scale.cooldown.down',
  ]);
  assert.deepEqual(differingKeys(api(), api({ scale: { window: '2s' } })), [
    'services.api.scale.window',
  ]);
});

test('property: no key is named exactly when nothing differs, and both ways name the same', () => {
  const scale = fc.record(
    { max: fc.integer({ min: 2, max: 4 }), window: fc.constantFrom('1s', '2s', '10s') },
    { requiredKeys: [] },
  );
  const service = fc.record(
    {
      command: fc.constantFrom('a', 'b'),
      concurrency: fc.constantFrom(5, 10),
      drain: fc.constantFrom('30s', '60s'),
      env: fc.dictionary(fc.constantFrom('A', 'B'), fc.constantFrom('1', '2')),
      scale,
    },
    { requiredKeys: ['command'] },
  );
  const timeout = fc.constantFrom('1s', '60s');
  const config = fc
    .record({ api: service, web: fc.option(service, { nil: undefined }), timeout })
    .map(({ api, web, timeout }) =>
      resolved({
        gateway: { routes: [{ path: '/*', service: 'api', timeout }] },
        services: { api, ...(web && { web }) },
      }),
    );
  fc.assert(
    fc.property(config, config, (a, b) => {
      assert.equal(differingKeys(a, b).length === 0, isDeepStrictEqual(a, b));
      assert.deepEqual(differingKeys(a, b).toSorted(), differingKeys(b, a).toSorted());
    }),
  );
});
