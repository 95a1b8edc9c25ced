import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Behavior, ScalingRules } from './behavior.ts';
import { createScaleEvents, DEFAULT_BEHAVIOR, normaliseWithBehavior } from './behavior.ts';
import { createHpaController } from './controller.ts';
import { createRecommendations } from './stabilise.ts';

const MINUTE = 60_000;

test('the defaults allow four pods or double the pods each 15 s, whichever is more', () => {
  assert.deepEqual(
    [1, 3, 4, 5, 20].map((from) => step(DEFAULT_BEHAVIOR, from, 100)),
    [5, 7, 8, 10, 40],
  );
});

test('the defaults hold the largest recommendation for 300 s, not a moment longer', () => {
  const hpa = createHpaController({ min: 1, max: 100, behavior: DEFAULT_BEHAVIOR });
  const sync = (now: number, proposal: number): number => hpa.sync(now, 10, () => [proposal]);
  assert.equal(sync(0, 10), 10);
  assert.equal(sync(299_999, 2), 10);
  assert.equal(sync(300_000, 2), 2);
});

test('a policy counts what its period has already changed, in both directions', () => {
  const behavior = up({ policies: [{ type: 'Pods', value: 4, periodMs: MINUTE }] });
  const hpa = createHpaController({ min: 1, max: 100, behavior });
  const sync = (now: number, current: number): number => hpa.sync(now, current, () => [50]);
  assert.equal(sync(0, 10), 14);
  assert.equal(sync(15_000, 14), 14, 'the four of this minute are used up');
  assert.equal(sync(60_000, 14), 18);
  const events = createScaleEvents(behavior);
  events.store(0, -5);
  const bounds = { current: 10, min: 1, max: 100, now: 15_000 };
  const replicas = normaliseWithBehavior(
    50,
    bounds,
    behavior,
    createRecommendations(300_000),
    events,
  );
  assert.equal(replicas, 10 + 5 + 4, 'what was taken away may come back on top');
});

test('percent rounds away from standing still on the way up, and down on the way down', () => {
  const tenPercent = { type: 'Percent', value: 10, periodMs: MINUTE } as const;
  assert.equal(step(up({ policies: [tenPercent] }), 1, 9), 2);
  assert.equal(step(down({ policies: [tenPercent] }), 15, 1), 13);
});

test('Min takes the policy that changes least, Disabled changes nothing', () => {
  const policies = [
    { type: 'Pods', value: 1, periodMs: MINUTE },
    { type: 'Percent', value: 50, periodMs: MINUTE },
  ] as const;
  assert.equal(step(up({ policies, selectPolicy: 'Min' }), 10, 90), 11);
  assert.equal(step(up({ policies, selectPolicy: 'Disabled' }), 10, 90), 10);
  assert.equal(step(down({ policies, selectPolicy: 'Min' }), 10, 1), 9);
  assert.equal(step(down({ policies, selectPolicy: 'Disabled' }), 10, 1), 10);
});

test('since 1.21 both windows are asked: an upward window takes the smallest, a downward one the largest', () => {
  const behavior = up({ stabilizationWindowMs: 2 * MINUTE });
  const recommendations = createRecommendations(300_000);
  recommendations.push(0, 12);
  recommendations.push(15_000, 30);
  const bounds = { current: 10, min: 1, max: 100, now: 30_000 };
  const events = createScaleEvents(behavior);
  assert.equal(normaliseWithBehavior(40, bounds, behavior, recommendations, events), 12);
  const larger = { ...bounds, current: 35, now: 45_000 };
  assert.equal(
    normaliseWithBehavior(5, larger, behavior, recommendations, events),
    35,
    'between the smallest and the largest, so nothing moves',
  );
});

function step(behavior: Behavior, current: number, proposal: number): number {
  const bounds = { current, min: 1, max: 100, now: 0 };
  return normaliseWithBehavior(
    proposal,
    bounds,
    behavior,
    createRecommendations(300_000),
    createScaleEvents(behavior),
  );
}

function up(rules: Partial<ScalingRules>): Behavior {
  return { ...DEFAULT_BEHAVIOR, scaleUp: { ...DEFAULT_BEHAVIOR.scaleUp, ...rules } };
}

function down(rules: Partial<ScalingRules>): Behavior {
  return { ...DEFAULT_BEHAVIOR, scaleDown: { ...DEFAULT_BEHAVIOR.scaleDown, ...rules } };
}
