import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { testStore } from '../../test/support/store.ts';
import { until } from '../../test/support/until.ts';
import type { Engine } from '../engine/engine.ts';
import type { Gateway } from '../gateway/gateway.ts';
import { silentLog } from '../kit/log.ts';
import { resolved } from '../spec/fixtures/resolved.ts';
import { startControlPlane } from './control-plane.ts';

/** A control plane on a real state file; its replicas are ready at once, its gateway sees no request. */
async function scene(t: TestContext) {
  let nowMs = 1_700_000_000_000;
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
  } as unknown as Engine;
  const gateway = {
    start: async () => undefined,
    apply: async () => ({ kind: 'nothing' }),
    traffic: async () => ({ at: nowMs, spanMs: 50, services: {}, routes: [] }),
    inFlight: async () => 0,
    pid: () => 1,
    onDeath: () => undefined,
    stop: async () => undefined,
  } as unknown as Gateway;
  const control = await startControlPlane({
    spec: resolved({
      services: { api: { command: 'node x.js', scale: { max: 8, interval: '100ms' } } },
    }),
    clock: { now: () => nowMs },
    log: silentLog,
    store,
    engine,
    gateway,
    environment: () => ({}),
  });
  t.after(() => control.shutDown(AbortSignal.abort()));
  return {
    control,
    pass: (ms: number) => (nowMs += ms),
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
