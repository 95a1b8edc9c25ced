import assert from 'node:assert/strict';
import { test } from 'node:test';
import { START } from '../../../test/support/scaling.ts';
import type { Observation } from '../observation.ts';
import { createFlow } from './flow.ts';

const QUIET: Observation = {
  at: START,
  rps: 0,
  concurrency: 0,
  queued: 0,
  latencyP50Ms: null,
  latencyP95Ms: null,
  latencyP99Ms: null,
  errors: null,
  cpu: null,
  ready: 1,
};

const at = (second: number, given: Partial<Observation>): Observation => ({
  ...QUIET,
  at: START + second * 1000,
  ...given,
});

test('what has left is what came less what the system has grown by', () => {
  const flows = createFlow(10_000);
  assert.equal(flows.next(at(0, { rps: 100, concurrency: 2, queued: 0, ready: 2 })), null);
  const flow = flows.next(at(1, { rps: 100, concurrency: 2, queued: 60, ready: 2 }));
  assert.equal(flow?.finishedRps, 40);
  assert.equal(flow?.perReplicaRps, 20);
  assert.equal(flow?.offeredRps, 50);
  assert.equal(flow?.waitMs, 1_500);
});

test('errors are not finished', () => {
  const flows = createFlow(10_000);
  flows.next(at(0, { rps: 50 }));
  assert.equal(flows.next(at(1, { rps: 50, errors: 0.1 }))?.finishedRps, 45);
});

test('a window in which replicas came is divided by the mean number that was ready', () => {
  const flows = createFlow(10_000);
  for (let second = 0; second < 10; second++) flows.next(at(second, { rps: 90, ready: 2 }));
  for (let second = 10; second < 15; second++) flows.next(at(second, { rps: 90, ready: 4 }));
  const flow = flows.next(at(15, { rps: 90, ready: 4 }));
  assert.equal(flow?.ready, 3.2);
  assert.equal(flow?.readyNow, 4);
  for (let second = 16; second < 600; second++) flows.next(at(second, { rps: 90, ready: 4 }));
  assert.equal(flows.next(at(600, { rps: 90, ready: 4 }))?.ready, 4);
});

test('a queue that has only begun is seen to be empty at one end of the window', () => {
  const flows = createFlow(10_000);
  // Grows by 20 a second from nothing: the mean of ten seconds is behind by half of them.
  for (let second = 0; second <= 10; second++) {
    flows.next(at(second, { rps: 40, queued: second * second }));
  }
  const growing = flows.next(at(11, { rps: 40, queued: 121 }));
  assert.ok((growing?.leastWaitMs as number) < 0.35 * (growing?.waitMs as number));
  for (let second = 12; second <= 40; second++) flows.next(at(second, { rps: 40, queued: 121 }));
  const standing = flows.next(at(41, { rps: 40, queued: 121 }));
  assert.ok((standing?.leastWaitMs as number) > 0.95 * (standing?.waitMs as number));
});

test('silence, a gap, nobody ready and a disturbed moment say nothing, nor does the first after them', () => {
  const flows = createFlow(10_000);
  flows.next(at(0, { rps: 40 }));
  assert.ok(flows.next(at(1, { rps: 40 })));
  assert.equal(flows.next(at(2, { rps: null })), null);
  assert.equal(flows.next(at(3, { rps: 40 })), null);
  assert.ok(flows.next(at(4, { rps: 40 })));
  assert.equal(flows.next(at(5, { rps: 40, disturbed: true })), null);
  assert.equal(flows.next(at(6, { rps: 40 })), null);
  assert.equal(flows.next(at(600, { rps: 40 })), null);
  assert.equal(flows.next(at(500, { rps: 40 })), null, 'a clock that was set back');
  for (let second = 501; second < 512; second++) flows.next(at(second, { rps: 40, ready: 0 }));
  assert.equal(flows.next(at(512, { rps: 40, ready: 0 })), null);
});

test('looks that are as far apart as the window is long are no gap', () => {
  const flows = createFlow(600_000);
  flows.next(at(0, { rps: 40 }));
  assert.equal(flows.next(at(600, { rps: 40 }))?.finishedRps, 40);
  assert.equal(flows.next(at(2_000, { rps: 40 })), null);
});
