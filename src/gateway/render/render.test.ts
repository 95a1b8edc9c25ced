import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { temporaryFolder } from '../../../test/support/temporary.ts';
import type { GatewayState } from '../gateway.ts';
import { plan, type GatewayMachine, type Rendered } from '../plan.ts';
import { arbitraryState } from './fixtures/arbitrary-state.ts';
import { writeRendered } from './fixtures/haproxy.ts';
import { MACHINE, gatewayState, route, server, service } from './fixtures/states.ts';

const PATHS = { folder: '/project/.tidegate/gateway', runFolder: '/project/.tidegate/run' };

function rendered(state: GatewayState, machine: GatewayMachine = MACHINE, paths = PATHS): Rendered {
  const first = plan(null, state, paths, machine);
  assert.ok(first.kind === 'reload', JSON.stringify(first));
  return first.next.rendered;
}

/** `UPDATE_GOLDEN=1` writes what is rendered now; the diff is for people to read. */
function assertGolden(name: string, { config, maps }: Rendered): void {
  const file = join(import.meta.dirname, 'golden', `${name}.cfg`);
  const shown = [
    config,
    ...Object.entries(maps).map(
      ([map, text]) => `# ${map}\n${text.replaceAll(/^/gm, '# ').trimEnd()}\n`,
    ),
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
    servers: [server('api-1', 20_001), server('api-2', 20_002, 'drain')],
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
