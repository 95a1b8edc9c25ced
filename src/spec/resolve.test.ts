import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from '../../test/support/property.ts';
import { full } from './fixtures/full.ts';
import { command, problems, resolved, resolvedHere } from './fixtures/resolved.ts';
import { valueAt } from './problem.ts';

test('a command alone gets every default', () => {
  assert.deepEqual(resolved({ services: { api: { command } } }), {
    name: 'my-shop',
    engine: 'local',
    folder: '/srv/My Shop',
    admin: { host: '127.0.0.1', port: 8081 },
    gateway: {
      host: '127.0.0.1',
      port: 8080,
      accessLog: false,
      compression: true,
      paths: 'strict',
      tls: null,
      jwt: {},
      rateLimit: null,
      trustedProxies: [],
      forwarded: false,
      securityHeaders: false,
      routes: [
        {
          id: '/*',
          services: [{ service: 'api', weight: 1 }],
          path: '/*',
          methods: [],
          hosts: [],
          headers: {},
          timeoutMs: 30_000,
          bodyLimitBytes: 10_485_760,
          lengthRequired: false,
          auth: null,
          scopes: [],
          claims: {},
          rateLimit: null,
          cache: null,
          cors: null,
          rewrite: null,
          requestHeaders: {},
          responseHeaders: {},
          aggregate: null,
          async: null,
          from: 'anywhere',
        },
      ],
      deliveries: {},
    },
    services: {
      api: {
        name: 'api',
        command: { kind: 'argv', argv: ['node', 'server.js'] },
        image: null,
        cwd: '/srv/My Shop',
        env: {},
        user: null,
        health: {
          path: null,
          intervalMs: 1_000,
          timeoutMs: 2_000,
          startupMs: 60_000,
          replaceAfterMs: 60_000,
        },
        resources: { cpu: null, memoryBytes: null },
        concurrency: null,
        balance: { kind: 'least-connections' },
        sticky: false,
        retries: 2,
        breaker: null,
        slowStartMs: null,
        drainMs: 30_000,
        update: { maxSurge: 1 },
        backlog: null,
        scale: {
          min: 1,
          max: 10,
          policy: 'linear',
          up: { cpu: 0.7, memory: 0.8, latencyMs: 1_000 },
          down: { cpu: 0.2, memory: 0.4, latencyMs: 200 },
          brake: { errors: 0.05 },
          target: { concurrency: 10 },
          slo: null,
          intervalMs: 1_000,
          windowMs: 10_000,
          burst: { windowMs: 3_000, factor: 2 },
          cooldown: { upMs: 3_000, downMs: 60_000 },
          sleepAfterMs: 60_000,
          shadow: [],
        },
      },
    },
    tasks: null,
    databases: {},
    alerts: { rules: [], defaults: { notify: null } },
    host: { maxReplicas: 64, minFreeMemory: 0.1 },
  });
});

test('a configuration with every key resolves', () => {
  const spec = resolved(full);
  assert.equal(spec.services['api']?.scale.up.eventLoopDelayMs, 100);
  assert.deepEqual(spec.services['api']?.env['PEM'], { file: '/srv/My Shop/secrets/key.pem' });
  assert.equal(spec.services['api']?.cwd, '/srv/My Shop/api');
  assert.deepEqual(spec.services['web']?.balance, {
    kind: 'hash',
    by: { kind: 'cookie', name: 'cart' },
  });
  assert.equal(spec.services['worker']?.scale.max, 4);
  assert.equal(spec.services['worker']?.drainMs, 300_000);
});

test('gateway and admin need ports of their own, the defaults counted', () => {
  assert.deepEqual(problems({ gateway: { port: 8081 }, services: { api: { command } } }), [
    "gateway.port: 8081 is admin.port's default: choose another, or set admin.port too",
  ]);
  assert.deepEqual(problems({ admin: { port: 8080 }, services: { api: { command } } }), [
    "admin.port: 8080 is gateway.port's default: choose another, or set gateway.port too",
  ]);
  const both = { gateway: { port: 9000 }, admin: { port: 9000 }, services: { api: { command } } };
  assert.deepEqual(problems(both), ['admin.port: must differ from gateway.port: both are 9000']);
});

test('whatever stands in place of any key, there is an answer and never an exception', () => {
  const paths: PropertyKey[][] = [];
  const collect = (value: unknown, path: PropertyKey[]): void => {
    if (path.length > 0) paths.push(path);
    if (typeof value !== 'object' || value === null) return;
    for (const [key, inner] of Object.entries(value)) collect(inner, [...path, key]);
  };
  collect(full, []);
  fc.assert(
    fc.property(fc.constantFrom(...paths), fc.anything(), (path, value) => {
      const config: unknown = structuredClone(full);
      const holder = valueAt(config, path.slice(0, -1)) as Record<PropertyKey, unknown>;
      holder[path.at(-1) as PropertyKey] = value;
      const result = resolvedHere(config);
      assert.ok(result.ok || result.problems.length > 0);
    }),
    { numRuns: 1000 },
  );
});
