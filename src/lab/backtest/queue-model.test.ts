import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from '../../../test/support/property.ts';
import { createBunching } from './bunching.ts';
import { createChance } from './chance.ts';
import type { LatencyModel } from './latency-model.ts';
import { createLatencyModel } from './latency-model.ts';
import type { QueueModel } from './queue-model.ts';
import { createQueueModel } from './queue-model.ts';

/** Ten requests a second and place, all alike. */
const EXACT = { serviceMs: 100, serviceCv: 0, sloMs: 1_000, timeoutMs: 4_000 };

function latencyOf(model = EXACT): LatencyModel {
  return createLatencyModel(model, 1_000);
}

function flow(model = EXACT): QueueModel {
  return createQueueModel(model, 1_000, latencyOf(model));
}

function near(actual: number, expected: number, off: number): void {
  assert.ok(Math.abs(actual - expected) <= off, `${actual}, not ${expected} ± ${off}`);
}

test('below capacity nothing waits to speak of, and the places are as busy as the load', () => {
  const queue = flow();
  for (let tick = 0; tick < 60; tick++) queue.tick(70, 10);
  assert.equal(queue.violations, 0);
  assert.equal(queue.waiting, 0);
  near(queue.utilization, 0.7, 1e-6);
  near(queue.inFlight, 7, 1e-6);
  near(queue.latencies.meanMs(), 100, 15);
});

test('an overload queues what does not fit, and the wait is the queue over the capacity', () => {
  const queue = flow();
  queue.tick(100, 10);
  for (let tick = 1; tick <= 3; tick++) queue.tick(150, 10);
  // Fifty more each second than a hundred that can be served; the first tick found all places free.
  near(queue.waiting, 150, 15);
  assert.equal(queue.utilization, 1);
  // Served in the fourth second were those that came from 2.33 s on, and waited 0.67 to 1 s.
  near(queue.latencies.percentileMs(0.5) ?? 0, 930, 90);
  near(queue.latencies.total, 100, 1e-6);
});

test('who waits longer than the SLO less the time to serve is a violation, those of a tick in part', () => {
  const queue = flow();
  queue.tick(100, 10);
  let violations = 0;
  for (let tick = 1; tick <= 3; tick++) {
    queue.tick(150, 10);
    ({ violations } = queue);
  }
  // Waits go evenly from some 0.67 to some 1 s; late are those above 0.9 s.
  assert.ok(violations > 5 && violations < 95, `${violations}`);
  queue.tick(150, 10);
  near(queue.violations, 100, 1e-6);
});

test('what has waited for the timeout is given up, and is a violation', () => {
  const queue = flow();
  queue.tick(30, 0);
  queue.tick(10, 0);
  for (let tick = 2; tick <= 4; tick++) queue.tick(0, 0);
  assert.equal(queue.givenUp, 0);
  assert.equal(queue.waiting, 40);
  queue.tick(0, 0);
  assert.equal(queue.givenUp, 30);
  assert.equal(queue.violations, 30);
  assert.equal(queue.waiting, 10);
  near(queue.waitingSince(4_500), 5, 1e-9);
  queue.tick(0, 0);
  assert.equal(queue.givenUp, 10);
  assert.equal(queue.waiting, 0);
});

test('first come, first served: who comes after an overload waits for all before', () => {
  const queue = flow();
  queue.tick(400, 10);
  queue.tick(1, 10);
  queue.tick(0, 10);
  near(queue.latencies.percentileMs(0.01) ?? 0, 1_600, 200);
  for (let tick = 0; tick < 3; tick++) queue.tick(0, 10);
  assert.equal(queue.waiting, 0);
});

test('places that go take along what they serve, and it is finished all the same', () => {
  const slow = { ...EXACT, serviceMs: 10_000, timeoutMs: 60_000 };
  const queue = flow(slow);
  queue.tick(10, 10);
  near(queue.inFlight, 9.5, 0.1);
  queue.tick(0, 4);
  assert.ok(queue.inFlight > 8, 'those of the places that went are still served');
  let finished = 0;
  for (let tick = 0; tick < 200; tick++) {
    queue.tick(0, 4);
    ({ finished } = queue);
  }
  near(queue.inFlight, 0, 1e-3);
  near(finished, 0, 1e-3);
});

test('no request is lost: what came was finished, given up, waits or is being served', () => {
  const ticks = fc.array(
    fc.record({
      arrivals: fc.integer({ min: 0, max: 300 }),
      places: fc.integer({ min: 0, max: 20 }),
    }),
    { minLength: 1, maxLength: 60 },
  );
  const models = fc.record({
    serviceMs: fc.constantFrom(1, 100, 5_000),
    serviceCv: fc.constantFrom(0, 0.5, 2),
    sloMs: fc.constant(1_000),
    timeoutMs: fc.constantFrom(300, 2_500, 10_000),
  });
  fc.assert(
    fc.property(models, ticks, fc.boolean(), (model, all, bunched) => {
      const bunching = bunched ? createBunching(model.serviceCv, createChance(1, 3)) : undefined;
      const queue = createQueueModel(model, 1_000, latencyOf(model), bunching);
      let came = 0;
      let gone = 0;
      let violations = 0;
      for (const { arrivals, places } of all) {
        queue.tick(arrivals, places);
        came += arrivals;
        gone += queue.finished + queue.givenUp;
        violations += queue.violations;
        assert.ok(queue.finished >= 0 && queue.givenUp >= 0 && queue.waiting >= 0);
        assert.ok(queue.violations >= queue.givenUp - 1e-9);
        assert.ok(queue.utilization >= 0 && queue.utilization <= 1);
        near(gone + queue.waiting + queue.inFlight, came, 1e-6 * (1 + came));
        assert.ok(queue.waitingSince(0) >= queue.waiting - 1e-6);
      }
      assert.ok(violations <= came + 1e-6);
    }),
    { numRuns: 300 },
  );
});
