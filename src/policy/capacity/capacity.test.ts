import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SCALE, START } from '../../../test/support/scaling.ts';
import type { Program, Second } from '../../../test/support/simulated-service.ts';
import { runService } from '../../../test/support/simulated-service.ts';
import type { ScaleSpec } from '../../spec/spec.ts';
import { createCapacityLearner } from './capacity.ts';

/** One core's work a request, one at a time; the others wait at the gateway. */
const ONE_AT_A_TIME: Program = { workMs: () => 50, places: 1 };
/** The same work, all at once. */
const SHARED: Program = { workMs: () => 50 };

interface Story {
  readonly program: Program;
  readonly latencyMs: number;
  readonly rps: (second: number) => number;
  readonly seconds: number;
  readonly initial?: number;
  /** Told of a deploy at this second. */
  readonly revisedAt?: number;
  readonly seed?: number;
}

function scaleOf(latencyMs: number): ScaleSpec {
  return { ...SCALE, policy: 'slo', slo: { latencyMs, percentile: 95, headroom: 0.2 } };
}

/** Every second of a service that is scaled by what is learned of it; the load is forecast to stay as it is. */
function tell({ latencyMs, revisedAt, ...story }: Story): readonly Second[] {
  const scale = scaleOf(latencyMs);
  const capacity = createCapacityLearner(scale);
  const seconds: Second[] = [];
  runService({
    scale,
    ...story,
    learner: {
      observe: (observation) => capacity.observe(observation),
      read: (now) => ({ forecast: null, capacity: capacity.read(now), startup: null }),
    },
    after(second) {
      seconds.push(second);
      if (second.second === revisedAt) capacity.revised(START + second.second * 1000);
    },
  });
  return seconds;
}

function rpsAt(seconds: readonly Second[], second: number): number {
  return seconds[second - 1]?.learned.capacity?.rps ?? Number.NaN;
}

function within(value: number, expected: number, share: number): void {
  assert.ok(Math.abs(value - expected) <= expected * share, `${value}, not about ${expected}`);
}

function most(seconds: readonly Second[]): number {
  return Math.max(...seconds.map(({ desired }) => desired));
}

function isSpell(second: number): boolean {
  return second >= 300 && second < 420;
}

function brokenShare(seconds: readonly Second[], latencyMs: number): number {
  return seconds.filter(({ p95Ms }) => p95Ms !== null && p95Ms > latencyMs).length / seconds.length;
}

test('a queueing service: what one replica can do is known in minutes, without a broken promise', () => {
  const seconds = tell({
    program: ONE_AT_A_TIME,
    latencyMs: 1_000,
    rps: () => 60,
    seconds: 240,
    initial: 6,
  });
  within(rpsAt(seconds, 10), 20, 0.2);
  within(rpsAt(seconds, 180), 20, 0.1);
  assert.equal(brokenShare(seconds, 1_000), 0);
});

test('a queue that nobody was ready for shows what a replica can do at once', () => {
  const seconds = tell({
    program: ONE_AT_A_TIME,
    latencyMs: 1_000,
    rps: (second) => (second < 60 ? 15 : 80),
    seconds: 1_200,
  });
  within(rpsAt(seconds, 90), 20, 0.15);
  assert.equal(seconds[89]?.learned.capacity?.basis, 'at-its-limit');
  within(rpsAt(seconds, 1_200), 20, 0.15);
  assert.ok((seconds[1_199]?.desired as number) <= 6);
  assert.ok((seconds[1_199]?.p95Ms as number) < 1_000);
});

test('a service that shares its core: as much as keeps the latency, which is less than it could do', () => {
  const seconds = tell({
    program: SHARED,
    latencyMs: 300,
    rps: () => 60,
    seconds: 400,
    initial: 6,
  });
  const learned = rpsAt(seconds, 400);
  assert.ok(learned > 11 && learned < 18, `${learned}`);
  assert.ok(brokenShare(seconds, 300) < 0.02);
});

test('a service that waits for others does many at once: found out step by step, and no step breaks the promise', () => {
  const seconds = tell({
    program: { workMs: () => 5, waitMs: () => 100 },
    latencyMs: 300,
    rps: () => 100,
    seconds: 3_600,
    initial: 10,
  });
  assert.ok(rpsAt(seconds, 3_600) > 45, `${rpsAt(seconds, 3_600)}`);
  assert.ok((seconds.at(-1)?.desired as number) <= 3);
  assert.equal(brokenShare(seconds, 300), 0);
});

for (const revisedAt of [200, undefined]) {
  test(`a deploy that halves it is followed, ${revisedAt ? 'told' : 'untold'}`, () => {
    const seconds = tell({
      program: { workMs: (second) => (second < 200 ? 50 : 100), places: 1 },
      latencyMs: 1_000,
      rps: () => 60,
      seconds: 420,
      initial: 5,
      ...(revisedAt && { revisedAt }),
    });
    within(rpsAt(seconds, 190), 20, 0.1);
    within(rpsAt(seconds, 420), 10, 0.1);
    assert.ok((seconds.at(-1)?.p95Ms as number) < 1_000);
    assert.ok(most(seconds) <= 14, `${most(seconds)} replicas`);
  });
}

for (const revisedAt of [200, undefined]) {
  test(`a deploy that makes everything slow, whatever the load, does not run to the maximum, ${revisedAt ? 'told' : 'untold'}`, () => {
    const seconds = tell({
      program: { workMs: () => 10, waitMs: (second) => (second < 200 ? 100 : 600) },
      latencyMs: 300,
      rps: () => 100,
      seconds: 600,
      initial: 4,
      ...(revisedAt && { revisedAt }),
    });
    assert.ok(most(seconds) <= 10, `${most(seconds)} replicas`);
    assert.ok((seconds.at(-1)?.desired as number) <= 5, 'and it comes back');
    assert.ok(seconds.at(-1)?.reasons.some(({ kind }) => kind === 'unmoved'));
    assert.ok(rpsAt(seconds, 600) > 20, 'what was known is kept');
  });
}

test('a database that lets no more through does not run to the maximum', () => {
  const seconds = tell({
    program: { workMs: () => 10, places: 10, sharedRps: 90 },
    latencyMs: 300,
    rps: (second) => (second < 120 ? 60 : 100),
    seconds: 500,
    initial: 2,
  });
  assert.ok(most(seconds) <= 12, `${most(seconds)} replicas`);
  assert.ok((seconds.at(-1)?.desired as number) <= 4, 'and it comes back');
});

for (const [what, program] of [
  ['twice as long, one at a time', { workMs: (second) => (isSpell(second) ? 100 : 50), places: 1 }],
  ['four times as long, all at once', { workMs: (second) => (isSpell(second) ? 200 : 50) }],
  [
    'for something else to answer',
    { workMs: () => 5, waitMs: (second) => (isSpell(second) ? 500 : 100), places: 4 },
  ],
] as const satisfies readonly (readonly [string, Program])[])
  test(`two minutes in which they take ${what}, are forgotten when they are over`, () => {
    const seconds = tell({ program, latencyMs: 1_000, rps: () => 60, seconds: 1_500, initial: 6 });
    assert.ok(most(seconds) > 7, 'more were needed');
    within(rpsAt(seconds, 600), rpsAt(seconds, 290), 0.2);
    // A few too many go only when it has lasted.
    assert.ok((seconds.at(-1)?.desired as number) <= 6, `${seconds.at(-1)?.desired} stay`);
  });

test('a few requests that waited for one to start show no limit of it', () => {
  const capacity = createCapacityLearner(scaleOf(200));
  for (let second = 0; second < 30; second++) {
    const isThere = second < 12 ? 1 : 0;
    const latency = { latencyP50Ms: 25, latencyP95Ms: 160, latencyP99Ms: 160, errors: 0 };
    const flow = { rps: 0.3 * isThere, concurrency: 0.01 * isThere, queued: 0.1 * isThere };
    capacity.observe({ at: START + second * 1_000, ...flow, ...latency, cpu: 0, ready: 1 });
  }
  const rps = capacity.read(START + 30_000)?.rps ?? Infinity;
  assert.ok(rps > 1, `${rps} a second`);
});

test('the minutes in which a backlog is worked off teach no low number', () => {
  const seconds = tell({
    program: ONE_AT_A_TIME,
    latencyMs: 1_000,
    rps: (second) => (second > 120 && second < 150 ? 200 : 30),
    seconds: 400,
    initial: 3,
  });
  const least = Math.min(...seconds.slice(120).map(({ second }) => rpsAt(seconds, second)));
  assert.ok(least > 16, `${least}`);
});

test('the same observations teach the same', () => {
  const story = { program: SHARED, latencyMs: 300, rps: () => 40, seconds: 60, initial: 3 };
  const told = () => tell(story).map(({ learned }) => learned.capacity);
  assert.deepEqual(told(), told());
});

test('without an slo nothing is learned', () => {
  const learner = createCapacityLearner({ ...SCALE, slo: null });
  assert.equal(learner.read(START), null);
});

test('after a deploy what was believed stays, with little confidence', () => {
  const learner = createCapacityLearner(scaleOf(1_000));
  for (let second = 0; second < 300; second++) {
    learner.observe({
      at: START + second * 1000,
      rps: 40,
      concurrency: 2,
      queued: 0,
      latencyP50Ms: 50,
      latencyP95Ms: 100,
      latencyP99Ms: 140,
      errors: 0,
      cpu: 0.5,
      ready: 4,
    });
  }
  const before = learner.read(START + 300_000);
  learner.revised(START + 300_000);
  const after = learner.read(START + 300_000);
  assert.equal(after?.rps, before?.rps);
  assert.ok((before?.confidence as number) > 0.3);
  assert.ok((after?.confidence as number) <= 0.1);
});
