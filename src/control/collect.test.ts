import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { GatewayTraffic } from '../gateway/gateway.ts';
import type { HostReading } from '../engine/engine.ts';
import { createCollector, sampleOf } from './collect.ts';
import type { Replica } from './roster.ts';

const host: HostReading = { cores: 2, memoryBytes: 1, freeMemoryBytes: 1, cpu: null };
const latency = { buckets: new Map(), total: 0 };
const traffic = (requests: number): GatewayTraffic => ({
  at: 1,
  spanMs: 1000,
  connections: null,
  services: {
    api: {
      came: requests + 7,
      requests,
      errors: 0,
      refused: 2,
      unplaced: 0,
      served: { requests: 0, busyMs: 0 },
      inFlight: 2,
      queued: 1,
      latency,
      servers: [
        { replica: 'a', inFlight: 1, healthy: true, requests: 5, errors: 1 },
        { replica: 'b', inFlight: 1, healthy: true, requests: 2, errors: 2 },
      ],
    },
  },
  routes: [],
  caches: [],
});

test('a source that is silent is null and told once, and told once more when it is back', async () => {
  const told: string[] = [];
  const note = (_: object, sentence: string): void => void told.push(sentence);
  let silent = true;
  const collector = createCollector(
    { now: () => 5 },
    { info: note, warn: note, error: note, debug: note },
    {
      async traffic() {
        if (silent) throw new Error('no answer');
        return traffic(3);
      },
    },
    { measure: async () => new Map(), host: async () => host },
  );
  assert.equal((await collector.collect()).traffic, null);
  await collector.collect();
  silent = false;
  assert.equal((await collector.collect()).traffic?.services['api']?.requests, 3);
  assert.deepEqual(told, [
    'the gateway is silent: its signals are missing',
    'the gateway answers again',
  ]);
});

test('a sample holds the ready replicas only, none that is taken out, and silence stays null', () => {
  const replica = (id: string, state: Replica['state']) => ({ id, state }) as Replica;
  const usage = new Map(
    ['a', 'b'].map((id) => [id, { id, cpuCores: 0.5, memoryBytes: 1, eventLoop: null }]),
  );
  const out = { ...replica('b', 'ready'), ejected: {} } as Replica;
  const replicas = [replica('a', 'ready'), out, replica('b', 'starting')];
  const sample = sampleOf(
    { at: 9, traffic: traffic(3), usage, host },
    'api',
    replicas,
    false,
    null,
  );
  assert.deepEqual(
    sample.usage?.replicas.map(({ id }) => id),
    ['a'],
  );
  assert.equal(sample.traffic?.requests, 3);
  assert.equal(sample.traffic?.answered, 4);
  assert.equal(sample.traffic?.came, 8, 'what waits has come, what was refused is nobody’s load');

  const nothing = sampleOf(
    { at: 9, traffic: null, usage: null, host: null },
    'api',
    replicas,
    false,
    null,
  );
  assert.equal(nothing.traffic, null);
  assert.equal(nothing.usage, null);
});
