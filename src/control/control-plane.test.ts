import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { noTasks } from '../../test/support/no-tasks.ts';
import { noMaterial } from '../../test/support/material.ts';
import { testStore } from '../../test/support/store.ts';
import { until } from '../../test/support/until.ts';
import type { Engine } from '../engine/engine.ts';
import type { Gateway, GatewayState } from '../gateway/gateway.ts';
import { silentLog } from '../kit/log.ts';
import { resolved } from '../spec/fixtures/resolved.ts';
import { startControlPlane } from './control-plane.ts';

const QUIET = {
  came: 0,
  requests: 0,
  errors: 0,
  refused: 0,
  served: { requests: 0, busyMs: 0 },
  inFlight: 0,
  queued: 0,
  latency: { buckets: new Map(), total: 0 },
};

/** A control plane on a real state file; its replicas are ready at once, its gateway sees no request. */
async function scene(t: TestContext) {
  let nowMs = 1_700_000_000_000;
  let healthy = true;
  let served = QUIET.served;
  let told: GatewayState | null = null;
  const { store } = testStore(t);
  const engine = {
    start: async ({ id }: { id: string }) => ({
      id,
      address: { host: '127.0.0.1', port: 20_000 },
      pid: 1,
      startedAt: nowMs,
      identity: {},
    }),
    untilHealthy: async () => undefined,
    stop: async () => undefined,
    measure: async () => new Map(),
    host: async () => ({ cores: 4, memoryBytes: 8e9, freeMemoryBytes: 4e9, cpu: 0 }),
    onExit: () => undefined,
    found: () => [],
  } as unknown as Engine;
  const gateway = {
    adopt: async () => ({ kind: 'gone' }),
    start: async () => undefined,
    apply: async (state: GatewayState) => {
      told = state;
      return { kind: 'nothing' };
    },
    traffic: async () => ({
      at: nowMs,
      spanMs: 50,
      services: {
        api: { ...QUIET, served, servers: [{ replica: 'api-1', inFlight: 0, healthy }] },
      },
      routes: [],
    }),
    inFlight: async () => 0,
    pid: () => 1,
    onDeath: () => undefined,
    onDemand: () => undefined,
    onUnknownKey: () => undefined,
    stop: async () => undefined,
  } as unknown as Gateway;
  const input = {
    services: {
      api: { command: 'node x.js', concurrency: 5, scale: { max: 8, interval: '100ms' } },
    },
  };
  const control = await startControlPlane({
    configuration: { input, spec: resolved(input) },
    readConfig: null,
    resolve: resolved,
    secrets: { read: () => () => undefined, of: () => ({}) },
    clock: { now: () => nowMs },
    log: silentLog,
    store,
    engine,
    gateway,
    material: noMaterial({ now: () => nowMs }),
    ...noTasks,
  });
  t.after(() => control.shutDown(AbortSignal.abort()));
  return {
    control,
    pass: (ms: number) => (nowMs += ms),
    checks: (pass: boolean) => void (healthy = pass),
    serve: (requests: number, busyMs: number) => void (served = { requests, busyMs }),
    drainRate: () => told?.services['api']?.drainRate,
    decidedAt: () => control.view().services[0]?.lastDecision?.until,
  };
}

test('relative counts add up, also when they come faster than the loop turns', async (t) => {
  const { control } = await scene(t);
  assert.deepEqual(control.scale('api', { kind: 'absolute', count: 2 }), { desired: 2 });
  assert.deepEqual(control.scale('api', { kind: 'relative', count: 1 }), { desired: 3 });
  assert.deepEqual(control.scale('api', { kind: 'relative', count: 1 }), { desired: 4 });
  assert.throws(() => control.scale('api', { kind: 'relative', count: 5 }), {
    code: 'OUT_OF_RANGE',
  });
  await until('four are ready', () => control.view().services[0]?.replicas.length === 4);
});

test('a clock that is set back by an hour does not stop the decisions for that long', async (t) => {
  const { pass, decidedAt } = await scene(t);
  await until('something was decided', decidedAt);
  const now = pass(-3_600_000);
  await until('something is decided at the new time', () => decidedAt() === now);
});

test('a replica that fails its checks is shown and told, when it recovers and when it is replaced', async (t) => {
  const { control, checks, pass } = await scene(t);
  const told: string[] = [];
  control.onEvent((event) => {
    if (event.kind === 'replica' && event.state === event.was)
      told.push(`${event.replica} ${event.note}`);
  });
  const first = () => control.view().services[0]?.replicas.find(({ id }) => id === 'api-1');
  await until('it is ready', () => first()?.healthy === true);
  checks(false);
  await until('it is seen', () => first()?.healthy === false);
  assert.equal(first()?.state, 'ready');
  checks(true);
  await until('it recovers', () => first()?.healthy === true);
  checks(false);
  await until('it is seen again', () => first()?.healthy === false);
  pass(60_000);
  await until('it is replaced', () => first() === undefined);
  assert.deepEqual(told, [
    'api-1 fails its checks',
    'api-1 passes its checks again',
    'api-1 fails its checks',
    'api-1 is being replaced: failed its health checks for 1 min',
  ]);
  assert.equal(control.view().services[0]?.problem?.code, 'REPLICA_REPLACED');
});

test('the gateway is told how fast a full service drains: once it is known, and at once for other replicas', async (t) => {
  const { control, serve, drainRate } = await scene(t);
  await until('it is told of the replica', () => drainRate() === null);
  serve(10, 500);
  await until('it is known', () => Math.round(drainRate() ?? 0) === 100);
  serve(0, 0);
  control.scale('api', { kind: 'absolute', count: 3 });
  await until('three drain it three times as fast', () => Math.round(drainRate() ?? 0) === 300);
});
