import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createHpaController, HPA_DEFAULTS } from './controller.ts';
import { utilizationProposal } from './proposal.ts';
import { createRecommendations, normalise } from './stabilise.ts';

const BOUNDS = { min: 1, max: 100 };

test('the largest recommendation holds for exactly 300 s', () => {
  const hpa = createHpaController({ ...BOUNDS, behavior: null });
  let current = hpa.sync(0, 10, () => [10]);
  const counts = [];
  for (let now = 15_000; now <= 330_000; now += 15_000) {
    current = hpa.sync(now, current, () => [2]);
    counts.push([now, current]);
  }
  const first = counts.find(([, count]) => count === 2);
  assert.deepEqual(first, [315_000, 2], 'still there at 300 s, gone at the next sync');
  assert.ok(counts.every(([now, count]) => count === ((now ?? 0) <= 300_000 ? 10 : 2)));
});

test('a controller that has just started takes what is there for recommended', () => {
  const hpa = createHpaController({ ...BOUNDS, behavior: null });
  assert.equal(
    hpa.sync(0, 10, () => [1]),
    10,
  );
});

test('a step up is at most double, or four', () => {
  const step = (current: number): number =>
    normalise(
      90,
      { ...BOUNDS, current, now: 0, windowMs: 300_000 },
      createRecommendations(300_000),
    );
  assert.deepEqual([1, 2, 3, 10, 60].map(step), [4, 4, 6, 20, 90]);
});

test('a saturated metric climbs a ladder: 14, 19, 26, 35, 47, and enough in the sixth sync', () => {
  // Five times what ten replicas can do; CPU cannot show more than 100 % of what there is (metrics-server issue 763).
  const load = 50;
  const hpa = createHpaController({ ...BOUNDS, behavior: null });
  const ladder: number[] = [];
  let current = 10;
  for (let sync = 1; sync <= 6; sync += 1) {
    const utilization = Math.min(1, load / current);
    const usage = {
      counted: current,
      total: current * utilization * 1_000,
      unready: 0,
      missing: 0,
    };
    const proposal = utilizationProposal(current, usage, 1_000, 75, HPA_DEFAULTS.tolerance);
    current = hpa.sync(sync * HPA_DEFAULTS.syncMs, current, () => [proposal]);
    ladder.push(current);
  }
  assert.deepEqual(ladder.slice(0, 5), [14, 19, 26, 35, 47]);
  assert.ok((ladder[5] ?? 0) >= 50, `${ladder[5]}`);
});

test('what was asked for from outside the bounds is put back without a look at the metrics', () => {
  const hpa = createHpaController({ min: 2, max: 5, behavior: null });
  const never = (): never => assert.fail('asked');
  assert.equal(hpa.sync(0, 9, never), 5);
  assert.equal(hpa.sync(15_000, 1, never), 2);
  assert.equal(hpa.sync(30_000, 0, never), 0, 'zero switches it off');
});

test('a metric that fails blocks the way down only, and all of them block everything', () => {
  const hpa = createHpaController({ min: 1, max: 50, behavior: null });
  const sync = (now: number, proposals: (number | null)[]): number =>
    hpa.sync(now, 10, () => proposals);
  assert.equal(sync(0, [null, 12]), 12);
  assert.equal(sync(400_000, [null, 5]), 10);
  assert.equal(sync(800_000, [null, null]), 10);
  assert.equal(sync(1_200_000, [6, 5]), 6, 'the largest proposal wins');
});
