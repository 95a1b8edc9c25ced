import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from '../../../test/support/property.ts';
import { temporaryFolder } from '../../../test/support/temporary.ts';
import { TASKS_SERVICE } from '../../spec/tasks-program.ts';
import type { GatewayState } from '../gateway.ts';
import { plan, type GatewayMachine, type Rendered } from '../plan.ts';
import { arbitraryState } from './fixtures/arbitrary-state.ts';
import { writeRendered } from './fixtures/haproxy.ts';
import { MACHINE, gatewayState, route, server, service } from './fixtures/states.ts';
import { jwtSpec, keySet } from './fixtures/tokens.ts';

const PATHS = { folder: '/project/.tidegate/gateway', runFolder: '/project/.tidegate/run' };

function rendered(state: GatewayState, machine: GatewayMachine = MACHINE, paths = PATHS): Rendered {
  const first = plan(null, state, paths, machine);
  assert.ok(first.kind === 'reload', JSON.stringify(first));
  return first.next.rendered;
}

const PUBLIC_KEY = `-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAs39Lf1JLyqS53RJ6Kiz7
UfpaAYx8QJvRVkmqTSlWONEChWAt5sNSEIZhc6D+8uCAQAIt4gHQpIgeEJjpWiFs
PLcdxjLk++ly144di/cX1ak5IcHg2Cj0LgUCvMNynCEHVo3efMckIC/B6htNTKIl
ve68psE9QJmR2B3pxdoU/2Z+TMjYzzwCpxtInGjq4n67PWrb8RgZK3dLl/RU6eUO
/U4hVOImBJErmhDEoO5tGJVr+0fZTSG+Ljia0V4zeMrogbCIoLT7nwTTQl9R0gW3
8YHQAqTeQE17SLK4EEkrlELiiLbbxOLGZLSqweZHaXKV1OdQNWYEYEGv+wJJWepc
7QIDAQAB
-----END PUBLIC KEY-----
`;

/** `UPDATE_GOLDEN=1` writes what is rendered now; the diff is for people to read. */
function assertGolden(name: string, { config, maps }: Rendered): void {
  const file = join(import.meta.dirname, 'golden', `${name}.cfg`);
  const shown = [
    config,
    ...Object.entries(maps)
      .filter(([name]) => !name.endsWith('.lua'))
      .map(([name, text]) => `# ${name}\n${text.replaceAll(/^/gm, '# ').trimEnd()}\n`),
  ].join('\n');
  if (process.env['UPDATE_GOLDEN']) writeFileSync(file, shown);
  assert.equal(shown, readFileSync(file, 'utf8'));
}

test('the smallest state: one service, all to it', () => {
  assertGolden(
    'smallest',
    rendered(gatewayState([service({ servers: [server('api-1', 20_001)] })])),
  );
});

test('everything a service and a route can say', () => {
  const api = service({
    concurrency: 50,
    balance: { kind: 'hash', by: { kind: 'header', name: 'x-tenant' } },
    sticky: true,
    slowStartMs: 5_000,
    breaker: { errors: 0.5, windowMs: 10_000 },
    trial: { replica: 'api-3', number: 1_700_000_001 },
    servers: [
      server('api-1', 20_001),
      server('api-2', 20_002, 'drain'),
      server('api-3', 20_003, 'ejected'),
    ],
  });
  const plain = service({ name: 'web', slots: 1, retries: 0, balance: { kind: 'random' } });
  const web = { ...plain, spec: { ...plain.spec, health: { ...plain.spec.health, path: null } } };
  const worker = service({
    name: 'worker',
    slots: 1,
    balance: { kind: 'hash', by: { kind: 'ip' } },
  });
  const nightly = service({
    name: 'nightly',
    slots: 1,
    sleep: { state: 'refusing', retryAfterSeconds: 7, holdMs: 61_000 },
  });
  const perMinute = {
    per: { kind: 'ip' as const },
    requests: 100,
    windowMs: 60_000,
    followCapacity: false,
  };
  const routes = [
    route({ path: '/api/slow/:id', timeoutMs: 300_000, bodyLimitBytes: 2 ** 30 }),
    route({
      path: '/api/*',
      methods: ['GET', 'POST'],
      hosts: ['shop.example', '*.shop.example'],
      headers: { 'x-beta': '*', accept: "it's #1, 100% $HOME" },
    }),
    route({
      path: '/health',
      service: 'web',
      cache: { ttlMs: 30_000, sizeBytes: 2 ** 26, maxObjectBytes: 2 ** 20 },
    }),
    route({ path: '/nightly/*', service: 'nightly', rateLimit: { ...perMinute, requests: 1 } }),
    route({ path: '/old page/*', id: '/old page/*', service: 'web', timeoutMs: 5_000 }),
  ];
  const machine = {
    threads: 2,
    maxConnections: 12_000,
    dropTo: { user: 'haproxy', group: 'haproxy' },
    lua: true,
    programs: MACHINE.programs,
  };
  const state = gatewayState([api, web, worker, nightly], {
    host: '::',
    accessLog: true,
    compression: false,
    rateLimit: { ...perMinute, per: { kind: 'header', name: 'x-key' }, followCapacity: true },
    routes,
  });
  assertGolden('everything', rendered(state, machine));
});

test('routes that ask who is calling, with a secret and with keys of an address', () => {
  const own = jwtSpec({ name: 'own', algorithms: ['HS256'], forward: { sub: 'x-user-id' } });
  const main = jwtSpec({
    algorithms: ['RS256'],
    issuer: 'https://id.example/',
    audiences: ['shop'],
    clockSkewMs: 30_000,
    forward: { sub: 'x-user-id', email: 'x-user-email' },
  });
  const base64 = btoa('a secret of thirty-two characters');
  const state = gatewayState([service({ slots: 1 })], {
    jwt: { main, own },
    routes: [
      route({ path: '/read/*', auth: 'main', scopes: ['orders:read'] }),
      route({ path: '/admin/*', auth: 'main', claims: { role: ['admin'] } }),
      route({ path: '/own/*', auth: 'own' }),
      route({ path: '/list', auth: 'main', scopes: ['orders:read'] }),
      route({ path: '/*' }),
    ],
  });
  const pem = { kind: 'public', pem: PUBLIC_KEY } as const;
  const keys = {
    main: keySet([{ keyId: 'one', algorithms: ['RS256'], material: pem }], {
      mayGrow: true,
      checkedAtS: 1_700_000_000,
    }),
    own: keySet([
      {
        keyId: null,
        algorithms: ['HS256'],
        material: { kind: 'secret', base64 },
      },
    ]),
  };
  assertGolden('identity', rendered({ ...state, keys }));
});

test('tasks: taken from this machine and on routes that say so, delivered over a socket of their own', () => {
  const job = route({
    path: '/jobs/*',
    auth: 'main',
    async: 'default',
    rewrite: '/*',
    timeoutMs: 5_000,
    requestHeaders: { 'x-plan': 'free' },
    responseHeaders: { 'cache-control': 'max-age=60', 'x-internal': null },
    cache: { ttlMs: 30_000, sizeBytes: 2 ** 26, maxObjectBytes: 2 ** 20 },
  });
  const routes = [
    route({ path: '/tasks/:queue/lease', service: TASKS_SERVICE, methods: ['POST'] }),
    route({ path: '/tasks/*', service: TASKS_SERVICE, from: 'loopback', timeoutMs: 70_000 }),
    job,
    route({ path: '/open', auth: null, async: 'reports', cache: job.cache }),
    route({ path: '/*' }),
  ];
  const sleep = { state: 'asleep', retryAfterSeconds: 1, holdMs: 65_000 } as const;
  const services = [
    service({ sticky: true, concurrency: 8, slots: 2, servers: [server('api-1', 20_001)] }),
    service({ name: 'worker', slots: 2, sleep, servers: [server('w-1', 20_002, 'drain')] }),
    service({ name: TASKS_SERVICE, slots: 1, servers: [server('t-1', 20_003)] }),
  ];
  const state = gatewayState(services, {
    jwt: { main: jwtSpec({ name: 'main', algorithms: ['HS256'], forward: {} }) },
    routes,
    deliveries: { api: 300_000, worker: 60_000 },
  });
  const material = { kind: 'secret', base64: btoa('a secret of thirty-two characters') } as const;
  const keys = { main: keySet([{ keyId: null, algorithms: ['HS256'], material }]) };
  assertGolden(
    'tasks',
    rendered({ ...state, keys }, { ...MACHINE, dropTo: { user: 'haproxy', group: 'haproxy' } }),
  );
});

test('HAProxy accepts whatever is not refused', (t) => {
  const folder = temporaryFolder(t);
  const paths = { folder, runFolder: folder };
  fc.assert(
    fc.property(arbitraryState, (state) => {
      writeRendered(folder, rendered(state, MACHINE, paths));
      execFileSync('haproxy', ['-c', '-q', '-f', join(folder, 'haproxy.cfg')], { stdio: 'pipe' });
    }),
    { numRuns: 40 },
  );
});

test('folders may hold blanks, quotes and brackets', (t) => {
  const folder = join(temporaryFolder(t), "it's (mine)] #1 é");
  execFileSync('mkdir', [folder]);
  writeRendered(
    folder,
    rendered(gatewayState([service()]), MACHINE, { folder, runFolder: folder }),
  );
  execFileSync('haproxy', ['-c', '-q', '-f', join(folder, 'haproxy.cfg')], { stdio: 'pipe' });
});
