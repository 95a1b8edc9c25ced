import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createHistogram } from '../../signals/histogram.ts';
import { NOT_APPLICABLE, reading } from '../../signals/reading.ts';
import { createSeries } from '../../signals/series.ts';
import type { QueueView } from '../backlogs/queue-view.ts';
import { createErrorShare } from './error-share.ts';
import type { Observed, ObservedService } from './observe.ts';
import { observe } from './observe.ts';

const T0 = 1_000_000;

function service(changes: Partial<ObservedService> = {}): ObservedService {
  const scale = { intervalMs: 1_000, windowMs: 10_000, burst: { windowMs: 3_000 } };
  const series = createSeries({ scale, resources: { cpu: null, memoryBytes: 1_000 } });
  series.add({
    at: T0,
    spanMs: 1_000,
    traffic: { requests: 10, errors: 1, inFlight: 0, queued: 3, latency: createHistogram() },
    usage: { replicas: [{ id: 'api-1', cpuCores: 0.5, memoryBytes: 400, eventLoop: null }] },
    backlog: null,
  });
  return { snapshot: series.snapshot(T0), ready: 1, asleep: false, ...changes };
}

const database = {
  name: 'main',
  kind: 'postgres',
  state: 'ready',
  address: '',
  pid: 1,
  startedAt: 0,
  memoryBytes: 64,
  connections: 50,
  maxConnections: 200,
  problem: null,
} as const;
const queue = { name: 'mail', waiting: 7, oldestMs: 500, drainTimeMs: null } as QueueView;
const observed: Observed = {
  service: (name) => (name === 'api' ? service() : null),
  databases: [database],
  tasks: { queues: [queue], problem: null },
  gateway: { connections: { open: 30, limit: 100 }, errors: NOT_APPLICABLE },
};

type Watch = Parameters<typeof observe>[0];
const of = (
  kind: Watch['kind'],
  subject: string,
  signal: Watch['signal'],
  unit: Watch['unit'],
  changes: Partial<Observed> = {},
) => {
  const found = observe({ kind, subject, signal, unit }, { ...observed, ...changes });
  return found.kind === 'value' ? found.value : found.kind;
};

test('each signal is the number that is shown of its subject', () => {
  assert.equal(of('service', 'api', 'errors', 'fraction'), 0.1);
  assert.equal(of('service', 'api', 'memory', 'fraction'), 0.4);
  assert.equal(of('service', 'api', 'memory', 'size'), 400);
  assert.equal(of('service', 'api', 'queued', 'number'), 3);
  assert.equal(of('service', 'api', 'replicas', 'number'), 1);
  assert.equal(of('database', 'main', 'connections', 'number'), 50);
  assert.equal(of('database', 'main', 'connections', 'fraction'), 0.25);
  assert.equal(of('database', 'main', 'memory', 'size'), 64);
  assert.equal(of('queue', 'mail', 'waiting', 'number'), 7);
  assert.equal(of('queue', 'mail', 'oldest', 'time'), 500);
  assert.equal(of('gateway', 'gateway', 'connections', 'fraction'), 0.3);
});

test('what is not known is missing, and what there is nothing of is not applicable', () => {
  assert.equal(of('service', 'web', 'cpu', 'fraction'), 'missing');
  const unseen = { service: () => service({ snapshot: null }) };
  assert.equal(of('service', 'api', 'cpu', 'fraction', unseen), 'missing');
  const asleep = { service: () => service({ asleep: true, ready: 0 }) };
  assert.equal(of('service', 'api', 'replicas', 'number', asleep), 'not-applicable');
  assert.equal(of('service', 'api', 'latency', 'time', asleep), 'not-applicable');
  const away = { databases: [{ ...database, problem: 'It does not answer.' }] };
  assert.equal(of('database', 'main', 'connections', 'number', away), 'missing');
  const endless = { databases: [{ ...database, maxConnections: null }] };
  assert.equal(of('database', 'main', 'connections', 'fraction', endless), 'missing');
  assert.equal(of('queue', 'mail', 'drainTime', 'time'), 'missing');
  const empty = { tasks: { queues: [{ ...queue, waiting: 0, oldestMs: null }], problem: null } };
  assert.equal(of('queue', 'mail', 'oldest', 'time', empty), 'not-applicable');
  const silent = { tasks: { queues: [queue], problem: 'PostgreSQL does not answer.' } };
  assert.equal(of('queue', 'mail', 'waiting', 'number', silent), 'missing');
  const gateway = { gateway: { connections: null, errors: NOT_APPLICABLE } };
  assert.equal(of('gateway', 'gateway', 'connections', 'number', gateway), 'missing');
  assert.equal(of('gateway', 'gateway', 'errors', 'fraction'), 'not-applicable');
});

test('the errors of the gateway are those of all services over ten seconds', () => {
  const share = createErrorShare();
  const look = (at: number, requests: number, errors: number) =>
    share.add({
      at,
      services: { a: { requests, errors }, b: { requests, errors: 0 } },
    } as unknown as Parameters<typeof share.add>[0]);
  assert.equal(share.read(T0).kind, 'missing');
  look(T0, 10, 5);
  look(T0 + 1_000, 0, 0);
  assert.deepEqual(share.read(T0 + 1_000), reading(0.25));
  look(T0 + 10_000, 0, 0);
  assert.deepEqual(share.read(T0 + 10_000), NOT_APPLICABLE);
  assert.equal(share.read(T0 + 60_000).kind, 'missing');
  look(T0, 10, 10);
  assert.deepEqual(share.read(T0), reading(0.5));
});
