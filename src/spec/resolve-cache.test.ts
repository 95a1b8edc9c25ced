import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resolveSpec } from './resolve.ts';

const MEGABYTE = 2 ** 20;

function resolved(cache: unknown, route: object = {}, gateway: object = {}) {
  return resolveSpec(
    {
      gateway: { ...gateway, routes: [{ path: '/*', service: 'web', cache, ...route }] },
      services: { web: { command: 'x' } },
    },
    { folder: '/srv/shop', machine: { cores: 4, memoryBytes: 2 ** 33 } },
  );
}

function problemsOf(cache: unknown): readonly string[] {
  const result = resolved(cache);
  return result.ok ? [] : result.problems.map(({ path, rule }) => `${path} ${rule}`);
}

test('a ttl is enough; the rest has defaults that fit each other', () => {
  const specOf = (cache: unknown) => {
    const result = resolved(cache);
    assert.ok(result.ok, JSON.stringify(result));
    assert.deepEqual([result.unbuilt, result.warnings], [[], []]);
    return result.spec.gateway.routes[0]?.cache;
  };
  assert.deepEqual(specOf({ ttl: '30s' }), {
    ttlMs: 30_000,
    sizeBytes: 64 * MEGABYTE,
    maxObjectBytes: MEGABYTE,
  });
  assert.equal(specOf({ ttl: '30s', size: '1MB' })?.maxObjectBytes, MEGABYTE / 2);
  assert.equal(specOf({ ttl: '1s', maxObject: '32MB' })?.maxObjectBytes, 32 * MEGABYTE);
});

test('what HAProxy cannot keep is refused, all of it at once', () => {
  assert.deepEqual(problemsOf({ ttl: '500ms', size: '1500KB' }), [
    "gateway.routes[0].cache.ttl must be a duration such as '250ms', '15s' or '2m', at least 1s",
    "gateway.routes[0].cache.size must be whole megabytes from '1MB' to '4095MB'",
  ]);
  assert.deepEqual(problemsOf({ ttl: '5s', size: '4GB' }), [
    "gateway.routes[0].cache.size must be whole megabytes from '1MB' to '4095MB'",
  ]);
  assert.deepEqual(problemsOf({ ttl: '5s', size: '2MB', maxObject: '1025KB' }), [
    'gateway.routes[0].cache.maxObject must be at most half of size, which is 2 MB',
  ]);
  assert.deepEqual(problemsOf({ ttl: '5s', maxObject: '33MB' }), [
    'gateway.routes[0].cache.maxObject must be at most half of size, which is 64 MB',
  ]);
});

test('a cache that would keep nothing, or take the machine, is warned of', () => {
  const warningsOf = (...given: Parameters<typeof resolved>) => {
    const result = resolved(...given);
    assert.ok(result.ok, JSON.stringify(result));
    return result.warnings;
  };
  const jwt = { main: { algorithms: ['HS256'], keys: { env: 'KEY' } } };
  assert.deepEqual(warningsOf({ ttl: '5s' }, { auth: 'main' }, { jwt }), [
    'gateway.routes (/*).cache: nothing is kept, for every request of the route carries Authorization',
  ]);
  assert.deepEqual(warningsOf({ ttl: '5s' }, { methods: ['POST'] }), [
    'gateway.routes (/*).cache: nothing is kept, for the route takes no GET',
  ]);
  const large = { ttl: '5s', size: '4095MB', maxObject: '1MB' };
  assert.deepEqual(warningsOf(large), []);
  const many = resolveSpec(
    {
      gateway: {
        routes: [
          { path: '/a', service: 'web', cache: large },
          { path: '/b', service: 'web', cache: large },
        ],
      },
      services: { web: { command: 'x' } },
    },
    { folder: '/srv/shop', machine: { cores: 4, memoryBytes: 2 ** 33 } },
  );
  assert.ok(many.ok);
  assert.match(many.warnings[0] ?? '', /^gateway\.routes: their caches take 8 GB at the start/);
});
