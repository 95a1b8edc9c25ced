import assert from 'node:assert/strict';
import { test } from 'node:test';
import { full } from './fixtures/full.ts';
import { problemText } from './problem.ts';
import { resolveSpec } from './resolve.ts';
import type { Spec } from './spec.ts';

const context = { folder: '/srv/My Shop', machine: { cores: 4, memoryBytes: 8 * 2 ** 30 } };
const command = 'node server.js';

function resolved(input: unknown): Spec {
  const result = resolveSpec(input, context);
  assert.ok(result.ok, result.ok ? '' : result.problems.map(problemText).join('\n'));
  return result.spec;
}

function problems(input: unknown): readonly string[] {
  const result = resolveSpec(input, context);
  return result.ok ? [] : result.problems.map(problemText);
}

/** One service with these keys. */
function problemsOfService(service: object): readonly string[] {
  return problems({ services: { api: { command, ...service } } });
}

function problemsOfRoutes(...routes: readonly object[]): readonly string[] {
  return problems({ gateway: { routes }, services: { api: { command } } });
}

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
      routes: [
        {
          id: '/*',
          service: 'api',
          path: '/*',
          methods: [],
          hosts: [],
          headers: {},
          timeoutMs: 30_000,
          bodyLimitBytes: 10_485_760,
        },
      ],
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
        slowStartMs: null,
        drainMs: 30_000,
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

test('thresholds are replaced key by key and false takes one away', () => {
  const { scale } = resolved({
    services: { api: { command, scale: { up: { cpu: '90%', latency: false, rps: 50 } } } },
  }).services['api'] as Spec['services'][string];
  assert.deepEqual(scale.up, { cpu: 0.9, memory: 0.8, rps: 50 });
  assert.deepEqual(scale.down, { cpu: 0.2, memory: 0.4, latencyMs: 200 });
  const braked = resolved({ services: { api: { command, scale: { brake: { errors: false } } } } });
  assert.equal(braked.services['api']?.scale.brake.errors, null);
});

test('the default target is 70 % of the concurrency, and what the user names replaces it', () => {
  const target = (service: object): object | undefined =>
    resolved({ services: { api: { command, ...service } } }).services['api']?.scale.target;
  assert.deepEqual(target({ concurrency: 50 }), { concurrency: 35 });
  assert.deepEqual(target({ concurrency: 1 }), { concurrency: 1 });
  assert.deepEqual(target({ scale: { target: { rps: 9, latency: '2s' } } }), {
    rps: 9,
    latencyMs: 2_000,
  });
});

test('drain is the longest timeout of the routes to the service, at least 30 s', () => {
  const spec = resolved({
    gateway: {
      routes: [
        { path: '/slow', service: 'api', timeout: '2m' },
        { path: '/*', service: 'web', timeout: '5s' },
      ],
    },
    services: { api: { command }, web: { command } },
  });
  assert.equal(spec.services['api']?.drainMs, 120_000);
  assert.equal(spec.services['web']?.drainMs, 30_000);
});

test('routes with the same path have ids that differ', () => {
  const { routes } = resolved({
    gateway: {
      routes: [
        { path: '/a', methods: 'get', service: 'api' },
        { path: '/a', service: 'api' },
      ],
    },
    services: { api: { command } },
  }).gateway;
  assert.deepEqual(
    routes.map(({ id, methods }) => [id, methods]),
    [
      ['/a', ['GET']],
      ['/a#2', []],
    ],
  );
});

test('all problems are reported at once, each with its path, rule, value and the nearest key', () => {
  const found = problems({
    gatway: {},
    services: {
      'My Api': { command },
      api: {
        command: 'node "server.js',
        env: { PASSWORD: 12, 'b c': 'x', PORT: '3000' },
        health: { path: 'health' },
        balance: 'rr',
        resources: { memory: '512' },
        scal: {},
        scale: { min: 'ten', maximum: 3, up: { cpu: 70 }, window: '10', interval: '5 s' },
      },
    },
  });
  assert.deepEqual(found, [
    'services["My Api"]: the key must be a word of small letters, digits and "-", beginning with a letter, at most 40 long',
    "services.api.env.PASSWORD: must be text, or a secret: { env: 'NAME' } or { file: 'PATH' }",
    'services.api.env["b c"]: the key must be a word of letters, digits and _, not beginning with a digit',
    "services.api.health.path: must be a path such as '/health' or '/ready?full=1': letters, digits and . _ ~ @ + , = : ! - %, got \"health\"",
    "services.api.resources.memory: must be a size such as '512MB' or '2GB', got \"512\"",
    "services.api.balance: must be one of 'least-connections', 'round-robin', 'random', 'hash', got \"rr\"",
    'services.api.scale.min: must be a whole number from 0 to 1000, or \'cores\', got "ten"',
    "services.api.scale.up.cpu: must be a fraction: '70%' or 0.7, from 0 to 1, got 70",
    "services.api.scale.interval: must be a duration such as '250ms', '15s' or '2m', at least 100ms, got \"5 s\"",
    "services.api.scale.window: must be a duration such as '250ms', '15s' or '2m', at least 100ms, got \"10\"",
    'services.api.scale.maximum: is not a key of the configuration, got 3; did you mean max?',
    'services.api.scal: is not a key of the configuration, got an object; did you mean scale?',
    'gatway: is not a key of the configuration, got an object; did you mean gateway?',
    'services.api.command: has a " that is not closed, got "node \\"server.js"',
    'services.api.env.PORT: must not be set: Tidegate sets it for every replica',
  ]);
});

test('what is no configuration at all is said', () => {
  assert.deepEqual(problems(null), ['the configuration: must be an object, got null']);
  assert.deepEqual(problems({}), ['services: is missing: it must be an object']);
  assert.match(problems({ services: {} })[0] ?? '', /^services: must name at least one service/);
  assert.deepEqual(problems({ services: { api: {} } }), [
    "services.api.command: is missing: it must say what to run, such as 'node server.js'",
  ]);
  assert.deepEqual(problems({ services: { api: 'node server.js' } }), [
    'services.api: must be an object, got "node server.js"',
  ]);
});

test('bounds and thresholds that contradict each other are refused', () => {
  assert.deepEqual(problemsOfService({ scale: { min: 20 } }), [
    'services.api.scale.min: must not be above max (10, the default), got 20',
  ]);
  assert.deepEqual(problemsOfService({ scale: { min: 'cores', max: 2 } }), [
    'services.api.scale.max: must not be below min (4, the cores of this machine), got 2',
  ]);
  assert.deepEqual(problemsOfService({ scale: { up: { cpu: '20%' } } }), [
    'services.api.scale.up.cpu: must be above down.cpu (20%, the default), got "20%"',
  ]);
  assert.deepEqual(
    problemsOfService({ scale: { up: { latency: '300ms' }, down: { latency: '1s' } } }),
    ['services.api.scale.down.latency: must be below up.latency (300ms), got "1s"'],
  );
  assert.deepEqual(problemsOfService({ scale: { window: '500ms' } }), [
    'services.api.scale.window: must not be shorter than interval (1s), got "500ms"',
  ]);
  assert.deepEqual(problemsOfService({ scale: { window: '5s', burst: { window: '6s' } } }), [
    'services.api.scale.burst.window: must not be longer than window (5s), got "6s"',
  ]);
  assert.deepEqual(problemsOfService({ scale: { policy: 'slo' } }), [
    "services.api.scale.slo: is missing: policy 'slo' needs { latency: '300ms' }",
  ]);
  assert.deepEqual(problemsOfService({ scale: { target: {} } }), [
    'services.api.scale.target: must name at least one signal, got an object',
  ]);
});

test('a rule is not judged by a key that is wrong in itself', () => {
  assert.deepEqual(problemsOfService({ scale: { min: 20, max: 'many' } }), [
    'services.api.scale.max: must be a whole number from 1 to 1000, or \'cores\', got "many"',
  ]);
  assert.deepEqual(
    problemsOfRoutes({ method: 'GET', service: 'api' }, { path: '/a', service: 'api' }),
    [
      'gateway.routes[0].method: is not a key of the configuration, got "GET"; did you mean methods?',
    ],
  );
});

test('hash and hashBy belong together', () => {
  assert.deepEqual(problemsOfService({ balance: 'hash' }), [
    "services.api.hashBy: is missing: balance: 'hash' needs 'ip', 'header:NAME' or 'cookie:NAME'",
  ]);
  assert.deepEqual(problemsOfService({ hashBy: 'ip' }), [
    'services.api.hashBy: must stand beside balance: \'hash\', got "ip"',
  ]);
});

test('a route must lead somewhere, and must be able to match', () => {
  assert.deepEqual(problemsOfRoutes({ service: 'apo' }), [
    'gateway.routes[0].service: must be one of the services (there is api), got "apo"; did you mean api?',
  ]);
  assert.deepEqual(problemsOfRoutes({ path: '/a' }), [
    "gateway.routes[0]: must name the service that answers: service: 'NAME', got an object",
  ]);
  assert.deepEqual(problemsOfRoutes({ service: 'api' }, { path: '/a', service: 'api' }), [
    "gateway.routes[1]: can never match: gateway.routes[0] ('/*') comes first and takes every request of '/a'; put the more specific route first, got an object",
  ]);
  assert.deepEqual(problemsOfRoutes({ service: 'api', auth: 'main' }), [
    'gateway.routes[0].auth: must be one of gateway.jwt, got "main"',
  ]);
  assert.match(
    problemsOfRoutes({ path: '/.tidegate/health', service: 'api' })[0] ?? '',
    /must not begin with \/\.tidegate/,
  );
});

test('several services need routes', () => {
  assert.deepEqual(problems({ services: { api: { command }, web: { command } } }), [
    'gateway.routes: must say which request goes to which service: there are several (api, web)',
  ]);
});

test('gateway and admin need ports of their own, the defaults counted', () => {
  assert.deepEqual(problems({ gateway: { port: 8081 }, services: { api: { command } } }), [
    'gateway.port: must differ between gateway and admin: both are 8081, got 8081',
  ]);
  assert.deepEqual(problems({ admin: { port: 8080 }, services: { api: { command } } }), [
    'admin.port: must differ between gateway and admin: both are 8080, got 8080',
  ]);
});

test('nothing is shown of a value that may be a secret', () => {
  const found = problems({
    services: { api: { command, env: { A: { envv: 'hunter2' } }, password: 'hunter2' } },
    databases: { main: { kind: 'postgres', url: ['hunter2'] } },
    alerts: [{ when: 'a', notify: 5 }],
  });
  assert.equal(found.length, 4);
  assert.ok(!found.join().includes('hunter2'));
});

test('what is allowed but probably not meant is a warning', () => {
  const result = resolveSpec(
    {
      host: { maxReplicas: 2 },
      gateway: { routes: [{ service: 'api', timeout: '1m' }] },
      services: {
        api: { command, drain: '10s', resources: { cpu: 8, memory: '16GB' }, scale: { min: 3 } },
        idle: { command },
      },
    },
    context,
  );
  assert.deepEqual(result.ok && result.warnings, [
    'services.api.drain: a replica that leaves has 10s, but a request of the route /* may take 1m and would be cut off',
    'services.api.resources.cpu: the machine has 4',
    'services.api.resources.memory: the machine has 8 GB',
    'services.idle: no route leads to it',
    "host.maxReplicas: it is 2, but the services' minimums add up to 4",
  ]);
});
