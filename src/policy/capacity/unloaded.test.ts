import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Flow } from './flow.ts';
import { createUnloaded } from './unloaded.ts';

function moment(rps: number, serviceMs: number, cpu: number | null = null): Flow {
  return {
    at: 0,
    spanMs: 1000,
    arrivingRps: rps,
    finishedRps: rps,
    perReplicaRps: rps,
    offeredRps: rps,
    inService: (rps * serviceMs) / 1000,
    queued: 0,
    stayMs: serviceMs,
    waitMs: 0,
    leastStayMs: serviceMs,
    leastWaitMs: 0,
    cpu,
    ready: 1,
    readyNow: 1,
  };
}

function after(
  seconds: number,
  flow: Flow,
  latencyMs: number | null = null,
  of = createUnloaded(),
) {
  for (let second = 0; second < seconds; second++) of.observe(flow, latencyMs);
  return of;
}

test('the time of a request is known after seconds, by Little’s law', () => {
  assert.equal(after(2, moment(50, 40)).serviceMs, null);
  assert.equal(Math.round(after(5, moment(50, 40), 90).serviceMs as number), 40);
  assert.equal(after(5, moment(50, 40), 90).latencyMs, 90);
});

test('load adds to it, so it is the lower edge that counts', () => {
  const unloaded = after(60, moment(50, 40), 90);
  after(120, moment(90, 400), 900, unloaded);
  assert.ok((unloaded.serviceMs as number) < 80);
  after(300, moment(50, 30), 60, unloaded);
  assert.ok((unloaded.serviceMs as number) < 33);
});

test('after a deploy the next seconds say it anew', () => {
  const unloaded = after(60, moment(50, 40), 90);
  unloaded.doubt();
  after(6, moment(50, 80), 180, unloaded);
  assert.equal(Math.round(unloaded.serviceMs as number), 80);
});

test('what a request takes of the processor is a mean weighted by load', () => {
  const unloaded = after(20, moment(2, 40, 0.06));
  after(40, moment(50, 40, 0.5), null, unloaded);
  assert.ok(Math.abs((unloaded.cpuPerRps as number) - 0.0102) < 0.0004);
  assert.equal(unloaded.busiestCpu, 1);
  after(20, moment(300, 40, 3), null, unloaded);
  assert.equal(unloaded.busiestCpu, 3, 'it may use several cores');
});

test('the processor of replicas that have just come is not theirs alone', () => {
  const unloaded = after(20, { ...moment(50, 40, 0.5), readyNow: 2 });
  assert.equal(unloaded.cpuPerRps, null);
});
