import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HostReading } from '../engine/engine.ts';
import { hostRoom } from './host-guard.ts';
import type { Footprint } from './host-guard.ts';

const GB = 2 ** 30;
const spec = { maxReplicas: 32, minFreeMemory: 0.1 };
const host = (freeGb: number, cpu: number | null = 0.2): HostReading => ({
  cores: 2,
  memoryBytes: 10 * GB,
  freeMemoryBytes: freeGb * GB,
  cpu,
});
const service = (replicas: number, gb: number | null = null, measured = replicas): Footprint => ({
  replicas,
  measured,
  replicaBytes: gb === null ? null : gb * GB,
  limitBytes: null,
});

test('all services together share the replicas of the host', () => {
  const own = service(10);
  const { room, bound } = hostRoom(spec, null, [own, service(20)], own);
  assert.deepEqual({ room, bound }, { room: 2, bound: 'replicas' });
});

test('a replica more must leave the free memory the user wants', () => {
  const own = service(1, 0.5);
  // 2.4 GB free, 1 GB must stay: room for two of half a gigabyte.
  const { room, bound } = hostRoom(spec, host(2.4), [own], own);
  assert.deepEqual({ room, bound }, { room: 2, bound: 'memory' });
  assert.equal(hostRoom(spec, host(0.5), [own], own).room, 0);
});

test('what was decided a moment ago is taken: two services do not get the same free memory', () => {
  const own = service(1, 0.5);
  const other = service(3, 0.5, 1);
  // Room for two, and the other one has two that take nothing yet.
  assert.equal(hostRoom(spec, host(2.4), [own, other], own).room, 0);
  assert.equal(hostRoom(spec, host(2.4), [own, service(3, 0.5)], own).room, 2);
});

test('a machine that does not answer bounds by count alone, and nothing is negative', () => {
  const own = service(40);
  assert.equal(hostRoom(spec, null, [own], own).room, 0);
});

test('a saturated processor is told, not a bound', () => {
  const own = service(1);
  const state = hostRoom(spec, host(9, 0.99), [own], own);
  assert.equal(state.cpuSaturated, true);
  assert.ok(state.room > 0);
});
