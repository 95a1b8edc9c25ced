import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from '../../test/support/property.ts';
import type { GatewayTraffic } from '../gateway/gateway.ts';
import {
  UNKNOWN,
  afterLook,
  createDrainRates,
  drainRate,
  type BusyEstimate,
} from './drain-rate.ts';

/** So many seconds with so many requests each, all of which took so long. */
function after(seconds: number, requests: number, ms: number, from = UNKNOWN): BusyEstimate {
  let estimate = from;
  for (let second = 0; second < seconds; second++)
    estimate = afterLook(estimate, { requests, busyMs: requests * ms }, 1_000);
  return estimate;
}

test('full replicas complete as many a second as they take at once, divided by how long they take', () => {
  assert.equal(drainRate(after(10, 20, 100), 5, 2), 100);
});

test('the rate is that of the replicas there are now, without another request', () => {
  const estimate = after(10, 20, 100);
  assert.deepEqual(
    [1, 3, 0].map((ready) => drainRate(estimate, 5, ready)),
    [50, 150, null],
  );
});

test('a few requests say nothing yet; with a limit of none there is no rate', () => {
  assert.equal(drainRate(after(1, 4, 100), 5, 2), null);
  assert.equal(drainRate(after(1, 5, 100), 5, 2), 100);
  assert.equal(drainRate(after(10, 20, 100), null, 2), null);
});

test('a service that became slower is followed within a minute, and a stray second does not count', () => {
  const fast = after(60, 50, 100);
  const strayed = afterLook(fast, { requests: 5, busyMs: 5_000 }, 1_000);
  assert.equal(strayed.toldMs, fast.toldMs);
  const slow = after(60, 5, 1_000, fast);
  assert.ok((slow.toldMs ?? 0) > 500, `${slow.toldMs}`);
});

test('what changes by less than a tenth is not told', () => {
  const told = after(10, 20, 100);
  assert.equal(after(60, 20, 108, told).toldMs, told.toldMs);
  assert.notEqual(after(60, 20, 115, told).toldMs, told.toldMs);
});

test('after minutes of silence nothing is known any more', () => {
  const told = after(10, 20, 100);
  assert.equal(after(30, 0, 0, told).toldMs, told.toldMs);
  assert.deepEqual(after(180, 0, 0, told), UNKNOWN);
});

test('whatever is seen, the rate is a number above zero or not known', () => {
  const look = fc.tuple(fc.nat(1_000), fc.nat(100_000), fc.integer({ min: 1, max: 60_000 }));
  fc.assert(
    fc.property(fc.array(look), fc.nat(50), (looks, ready) => {
      let estimate = UNKNOWN;
      for (const [requests, ms, spanMs] of looks)
        estimate = afterLook(estimate, { requests, busyMs: requests * ms }, spanMs);
      const rate = drainRate(estimate, 7, ready);
      assert.ok(rate === null || (Number.isFinite(rate) && rate > 0), `${rate}`);
    }),
  );
});

test('the gateway is to be told when a service is known, and not while nothing changes or it is silent', () => {
  const rates = createDrainRates();
  const traffic = (requests: number, ms: number): GatewayTraffic => ({
    at: 0,
    spanMs: 1_000,
    connections: null,
    routes: [],
    caches: [],
    services: {
      api: {
        came: requests,
        requests,
        errors: 0,
        refused: 0,
        unplaced: 0,
        served: { requests, busyMs: requests * ms },
        inFlight: 0,
        queued: 0,
        latency: { buckets: new Map(), total: 0 },
        servers: [],
      },
    },
  });
  assert.equal(rates.collected(traffic(1, 100)), false);
  assert.equal(rates.of('api', 4, 1), null);
  assert.equal(rates.collected(traffic(10, 100)), true);
  assert.equal(rates.collected(traffic(10, 100)), false);
  assert.equal(rates.collected(null), false);
  assert.equal(Math.round(rates.of('api', 4, 1) ?? 0), 40);
  assert.equal(rates.of('web', 4, 1), null);
});
