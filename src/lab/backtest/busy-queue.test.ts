import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createBunching, someWait } from './bunching.ts';
import type { Chance } from './chance.ts';
import { createChance } from './chance.ts';
import { createLatencyModel } from './latency-model.ts';
import { poisson } from './poisson.ts';
import { createQueueModel } from './queue-model.ts';

const SERVICE = { serviceMs: 50, serviceCv: 0.5, timeoutMs: 100_000 };
const REQUESTS = 300_000;

interface Found {
  readonly meanMs: number;
  readonly p95Ms: number;
  readonly late: number;
}

/** Request by request: each takes the place that is free first. */
function exact(places: number, load: number, sloMs: number, chance: Chance): Found {
  const sigma = Math.sqrt(Math.log(1 + SERVICE.serviceCv ** 2));
  const freeAt = new Float64Array(places);
  const latenciesMs = new Float64Array(REQUESTS);
  let now = 0;
  for (let request = 0; request < REQUESTS; request++) {
    now -= (Math.log(1 - chance.uniform()) * SERVICE.serviceMs) / (load * places);
    let first = 0;
    for (let place = 1; place < places; place++) {
      if ((freeAt[place] as number) < (freeAt[first] as number)) first = place;
    }
    const servedMs = SERVICE.serviceMs * Math.exp(sigma * chance.normal() - sigma ** 2 / 2);
    freeAt[first] = Math.max(now, freeAt[first] as number) + servedMs;
    latenciesMs[request] = (freeAt[first] as number) - now;
  }
  latenciesMs.sort();
  const late = latenciesMs.findIndex((each) => each > sloMs);
  return {
    meanMs: latenciesMs.reduce((sum, each) => sum + each, 0) / REQUESTS,
    p95Ms: latenciesMs[Math.floor(0.95 * REQUESTS)] as number,
    late: late < 0 ? 0 : 1 - late / REQUESTS,
  };
}

function modelled(places: number, load: number, sloMs: number, tickMs: number): Found {
  const latency = createLatencyModel({ ...SERVICE, sloMs }, tickMs);
  const bunching = createBunching(SERVICE.serviceCv, createChance(5, 3));
  const queue = createQueueModel(SERVICE, tickMs, latency, bunching);
  const arriving = createChance(5, 1);
  const perTick = (load * places * tickMs) / SERVICE.serviceMs;
  const all = latency.emptyCounts();
  let late = 0;
  for (let tick = 0; tick < REQUESTS / perTick; tick++) {
    queue.tick(poisson(perTick, arriving), places);
    all.add(queue.latencies);
    late += queue.violations;
  }
  return { meanMs: all.meanMs(), p95Ms: all.percentileMs(0.95) ?? 0, late: late / all.total };
}

for (const [places, load, tickMs] of [
  [1, 0.8, 1_000],
  [4, 0.7, 1_000],
  [4, 0.9, 2_000],
  [20, 0.8, 1_000],
  [20, 0.95, 1_000],
] as const) {
  test(`${places} places at ${load} of what they can do, in ticks of ${tickMs} ms, are as slow as request by request`, () => {
    const sloMs = 200;
    const is = modelled(places, load, sloMs, tickMs);
    const should = exact(places, load, sloMs, createChance(9, 9));
    const said = JSON.stringify({ is, should });
    assert.ok(Math.abs(is.meanMs / should.meanMs - 1) < 0.25, said);
    assert.ok(Math.abs(is.p95Ms / should.p95Ms - 1) < 0.15, said);
    assert.ok(Math.abs(is.late - should.late) < 0.03 + 0.25 * should.late, said);
  });
}

test('the chance of a wait is near what Erlang says', () => {
  for (const [places, load, erlang] of [
    [1, 0.5, 0.5],
    [1, 0.9, 0.9],
    [4, 0.7, 0.4287],
    [20, 0.8, 0.2561],
    [20, 0.95, 0.7548],
  ] as const) {
    const is = someWait(load, places);
    assert.ok(Math.abs(is - erlang) < 0.05, `${places} at ${load}: ${is}, not ${erlang}`);
  }
  assert.equal(someWait(1, 5), 1);
  assert.ok(someWait(0.7, 200) < 1e-4);
});
