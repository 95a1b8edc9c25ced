import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Views } from './belief.ts';
import { beliefOf } from './belief.ts';

const SLO = { latencyMs: 1_000, percentile: 95, headroom: 0.2 };
const NOTHING: Views = {
  places: null,
  held: null,
  violatedRps: null,
  serviceMs: null,
  idleLatencyMs: null,
  cpuPerRps: null,
  busiestCpu: 1,
  ceilingRps: null,
  ceilingS: 0,
  insideMs: null,
  ready: 1,
  priorRps: null,
  shownRps: 0,
};
const believe = (given: Partial<Views>, slo = SLO) => beliefOf({ ...NOTHING, ...given }, slo);
const rounded = (given: Partial<Views>): number =>
  Math.round((believe(given)?.rps ?? NaN) * 10) / 10;

test('of a service that nobody asked anything nothing is believed', () => {
  assert.equal(believe({}), null);
});

test('it begins with one request after another, less what a request takes of the promise', () => {
  const belief = believe({ serviceMs: 50, idleLatencyMs: 100 });
  assert.deepEqual(belief, { rps: 18, confidence: 0.1, basis: 'service-time' });
});

test('of several places it supposes the geometric mean of one and all of them, within what the processor can do', () => {
  const several = { serviceMs: 50, idleLatencyMs: 100, places: 4 };
  assert.equal(rounded(several), 36);
  assert.equal(rounded({ ...several, cpuPerRps: 0.05 }), 18, 'they share a core');
  assert.equal(rounded({ ...several, ceilingRps: 20, ceilingS: 5 }), 18);
});

test('what held the promise is believed, and a step more than was planned with', () => {
  const held = { rps: 40, latencyMs: 150, seconds: 120 };
  const busy = { serviceMs: 100, idleLatencyMs: 140, held };
  assert.equal(rounded({ ...busy, cpuPerRps: 0.015 }), 55, '40 × 1.1 ÷ 0.8');
  assert.equal(rounded({ ...busy, cpuPerRps: 0.001 }), 62.5, '40 × 1.25 ÷ 0.8: hardly busy');
  assert.equal(believe({ ...busy, cpuPerRps: 0.001 })?.basis, 'held');
});

test('it never goes beyond where the latency, rising as it does, would meet the promise', () => {
  const held = { rps: 40, latencyMs: 600, seconds: 120 };
  // 1 ÷ latency falls from 1 ÷ 200 to 1 ÷ 600 at 40 a second, and is 1 ÷ 1000 at 48.
  assert.equal(rounded({ serviceMs: 100, idleLatencyMs: 200, cpuPerRps: 0.001, held }), 48);
});

test('where nothing is known of the processor it does not go beyond one after another on its own', () => {
  const held = { rps: 17, latencyMs: 110, seconds: 120 };
  assert.equal(rounded({ serviceMs: 50, idleLatencyMs: 100, held }), 19);
  const several = { rps: 30, latencyMs: 110, seconds: 120 };
  assert.equal(
    rounded({ serviceMs: 50, idleLatencyMs: 100, held: several }),
    41.3,
    'unless it has',
  );
});

test('what was finished within the promise is believed at once, until one was seen at its limit', () => {
  const shown = { serviceMs: 200, idleLatencyMs: 430, shownRps: 15 };
  assert.deepEqual(believe(shown), { rps: 15, confidence: 0.1, basis: 'held' });
  assert.equal(rounded({ ...shown, shownRps: 2 }), 2.9, 'more than that is supposed');
  assert.equal(rounded({ ...shown, cpuPerRps: 0.1 }), 10);
  assert.equal(rounded({ ...shown, violatedRps: 10 }), 8.5);
  assert.equal(rounded({ ...shown, ceilingRps: 12, ceilingS: 5 }), 6.8);
  assert.equal(rounded({ ...shown, priorRps: 8 }), 8);
});

test('the processor bounds it', () => {
  const held = { rps: 19, latencyMs: 110, seconds: 120 };
  const belief = believe({ serviceMs: 50, idleLatencyMs: 100, cpuPerRps: 0.05, held });
  assert.equal(belief?.rps, 20);
  assert.equal(belief?.basis, 'cpu');
});

test('what was seen at its limit is believed over what held before', () => {
  const held = { rps: 30, latencyMs: 110, seconds: 600 };
  const limit = { ceilingRps: 10, ceilingS: 30, serviceMs: 50, idleLatencyMs: 100, held };
  const belief = believe(limit);
  assert.equal(belief?.rps, 10);
  assert.equal(belief?.basis, 'at-its-limit');
  assert.ok((belief?.confidence ?? 0) > 0.6);
});

test('a queue at the gateway is short until all are busy, the longer the more there are', () => {
  const limit = { ceilingRps: 20, ceilingS: 30, serviceMs: 50, idleLatencyMs: 100, insideMs: 50 };
  assert.equal(rounded({ ...limit, insideMs: null }), 18);
  assert.equal(rounded({ ...limit, ready: 1 }), 18);
  assert.equal(rounded({ ...limit, ready: 10 }), 19.7);
  assert.equal(rounded({ ...limit, ready: 10, insideMs: 900 }), 18, 'slow inside');
});

test('what did not hold bounds it, at what held or well below', () => {
  const base = { serviceMs: 10, idleLatencyMs: 20, violatedRps: 60 };
  assert.equal(rounded(base), 51);
  const held = { rps: 55, latencyMs: 800, seconds: 60 };
  assert.equal(rounded({ ...base, held }), 55);
  assert.equal(believe({ ...base, held })?.basis, 'slow-above');
});

test('after a deploy it begins with what was believed before', () => {
  assert.equal(rounded({ priorRps: 140, serviceMs: 50, idleLatencyMs: 100 }), 140);
  assert.equal(rounded({ priorRps: 140, serviceMs: 50, ceilingRps: 30, ceilingS: 5 }), 30);
});

test('a promise hardly longer than a request takes does not make it nothing', () => {
  assert.equal(rounded({ serviceMs: 50, idleLatencyMs: 2_000 }), 10);
});
