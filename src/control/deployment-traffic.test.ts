import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { GatewayTraffic } from '../gateway/gateway.ts';
import { addLatency, createHistogram } from '../signals/histogram.ts';
import { createTrafficMeter } from './deployment-traffic.ts';

function seen(services: Readonly<Record<string, [requests: number, errors: number, ms: number]>>) {
  const entries = Object.entries(services).map(([name, [requests, errors, ms]]) => {
    const latency = createHistogram();
    addLatency(latency, ms, requests);
    return [name, { requests, errors, inFlight: 0, queued: 0, servers: [], latency }] as const;
  });
  return { services: Object.fromEntries(entries) } as unknown as GatewayTraffic;
}

test('requests and failures of all services are counted, the latency of those concerned', () => {
  const meter = createTrafficMeter(new Set(['api']), 12);
  meter.add(seen({ api: [10, 1, 5], web: [100, 0, 900] }));
  meter.add(seen({ api: [10, 2, 5] }));
  const { requests, failed, p95BeforeMs, p95DuringMs } = meter.read();
  assert.deepEqual(
    { requests, failed, p95BeforeMs },
    { requests: 120, failed: 3, p95BeforeMs: 12 },
  );
  assert.ok(p95DuringMs !== null && Math.abs(p95DuringMs - 5) < 0.1);
});

test('a percentile of a few requests is none', () => {
  const meter = createTrafficMeter(new Set(['api']), null);
  meter.add(seen({ api: [19, 0, 5] }));
  assert.equal(meter.read().p95DuringMs, null);
});
