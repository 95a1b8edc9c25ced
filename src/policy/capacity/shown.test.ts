import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SCALE, START } from '../../../test/support/scaling.ts';
import type { CapacityLearner } from '../learner.ts';
import type { Observation } from '../observation.ts';
import { createCapacityLearner } from './capacity.ts';
import type { Flow } from './flow.ts';
import type { Shown } from './shown.ts';
import { createShown } from './shown.ts';

const SLO = { latencyMs: 500, percentile: 95, headroom: 0.2 };

/** Replicas that finish so much, second by second. */
function flow(second: number, given: Partial<Flow>): Flow {
  const each = { finishedRps: 20, ready: 1, inService: 2, queued: 0 };
  return { ...each, at: second * 1000, spanMs: 1000, ...given } as Flow;
}

function observed(latenciesMs: readonly (number | null)[], given: Partial<Flow> = {}): Shown {
  const shown = createShown(10_000, SLO);
  // The window is full and tells nothing yet.
  for (let second = 1; second <= 10; second++) shown.observe(flow(second, given), null);
  latenciesMs.forEach((latencyMs, index) => shown.observe(flow(11 + index, given), latencyMs));
  return shown;
}

test('what a replica finished at two looks in a row that kept the promise is what it can do', () => {
  assert.equal(observed([400]).rps, 0);
  assert.equal(observed([400, 600, 400]).rps, 0);
  assert.equal(observed([400, 400]).rps, 20);
  assert.equal(observed([400, 400], { ready: 4 }).rps, 5);
});

test('the lesser of the two counts, and the most of all', () => {
  const shown = observed([]);
  for (const [index, finishedRps] of [20, 30, 26, 10].entries())
    shown.observe(flow(11 + index, { finishedRps }), 400);
  assert.equal(shown.rps, 26);
});

test('too slow, not measured, or too few requests to tell: nothing is shown', () => {
  assert.equal(observed([600, 600]).rps, 0);
  assert.equal(observed([null, null]).rps, 0);
  assert.equal(observed([400, 400], { finishedRps: 1.9 }).rps, 0);
});

test('of a window that has only begun, what is still under way is not finished', () => {
  const shown = createShown(10_000, SLO);
  const starting = { finishedRps: 20, inService: 4, queued: 6 };
  shown.observe(flow(1, starting), 400);
  assert.equal(shown.rps, 0, 'ten of twenty are too few');
  shown.observe(flow(4, starting), 400);
  shown.observe(flow(5, starting), 400);
  assert.equal(shown.rps, (20 * 4 - 10) / 4);
});

test('what breaks the promise at less takes it back, and so does a deploy', () => {
  const shown = observed([400, 400]);
  shown.broken(25);
  assert.equal(shown.rps, 20);
  shown.broken(15);
  assert.equal(shown.rps, 15);
  shown.forget();
  assert.equal(shown.rps, 0);
});

test('a clock that is set back blinds it for no longer than a window', () => {
  const shown = createShown(10_000, SLO);
  shown.observe(flow(3_600, {}), null);
  for (let second = 1; second <= 12; second++) shown.observe(flow(second, {}), 400);
  assert.equal(shown.rps, 20);
});

test('a replica with far fewer requests than it has had at once has room', () => {
  const shown = observed([400, 400], { inService: 3 });
  assert.equal(shown.hasRoom(flow(20, { inService: 3 })), false);
  assert.equal(shown.hasRoom(flow(20, { inService: 2 })), false, 'some have joined just now');
  assert.equal(shown.hasRoom(flow(20, { inService: 1 })), true);
});

type Told = Pick<Observation, 'rps' | 'concurrency' | 'queued' | 'latencyP95Ms'>;

/** One replica of four places and 200 ms, so 20 requests a second, under 6 to 28 in six seconds. */
const RISE: readonly Told[] = [
  { rps: 6, concurrency: 0.7, queued: 0, latencyP95Ms: 220 },
  { rps: 10, concurrency: 1.4, queued: 0.7, latencyP95Ms: 395 },
  { rps: 11, concurrency: 2, queued: 0.8, latencyP95Ms: 422 },
  { rps: 12.5, concurrency: 2.2, queued: 0.8, latencyP95Ms: 413 },
  { rps: 14.2, concurrency: 2.6, queued: 1.3, latencyP95Ms: 430 },
  { rps: 16.5, concurrency: 2.8, queued: 1.8, latencyP95Ms: 432 },
];

function tell(learner: CapacityLearner, told: readonly Told[], from: number, ready: number): void {
  told.forEach((each, index) => {
    const latencies = { latencyP50Ms: 220, latencyP99Ms: each.latencyP95Ms };
    const at = START + (from + index) * 1000;
    learner.observe({ at, ...latencies, ...each, errors: 0, cpu: null, ready });
  });
}

function afterRise(): CapacityLearner {
  const learner = createCapacityLearner({ ...SCALE, windowMs: 10_000, slo: SLO });
  tell(learner, RISE, 1, 1);
  return learner;
}

test('of a service that nobody knows, a rise shows at once what one replica keeps up with', () => {
  const capacity = afterRise().read(START);
  assert.ok((capacity?.rps ?? 0) > 11, `${capacity?.rps}`);
  assert.equal(capacity?.basis, 'held');
});

test('a queue that came and went before others joined is not their limit; one that stays is', () => {
  const learner = afterRise();
  const gone = { rps: 32, concurrency: 6.6, queued: 10, latencyP95Ms: 1_320 };
  tell(
    learner,
    Array.from({ length: 12 }, () => gone),
    7,
    20,
  );
  assert.ok((learner.read(START)?.rps ?? 0) > 11, `${learner.read(START)?.rps}`);
  tell(
    learner,
    Array.from({ length: 40 }, () => gone),
    19,
    20,
  );
  assert.ok((learner.read(START)?.rps ?? 0) < 8, `${learner.read(START)?.rps}`);
});

test('what broke the promise later takes back what the rise had shown, for good', () => {
  const learner = afterRise();
  const slow = { rps: 8, concurrency: 4, queued: 0, latencyP95Ms: 900 };
  const sparse = { rps: 0.1, concurrency: 0.02, queued: 0, latencyP95Ms: null };
  tell(
    learner,
    Array.from({ length: 60 }, () => slow),
    30,
    1,
  );
  const aDay = 24 * 3600;
  for (let second = 0; second < aDay; second += 60) tell(learner, [sparse], 100 + second, 1);
  assert.ok((learner.read(START)?.rps ?? 0) < 9, `${learner.read(START)?.rps}`);
});
