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

/** Karmada's federated HPA has a copy of these functions, and more vectors for them (`federatedhpa_controller_test.go`). */
const LIMITS: readonly [string, current: number, ScalingRules, event: number, want: number][] = [
  ['TestCalculateScaleUpLimit: no previous events', 5, rules([['Pods', 4]]), 0, 9],
  ['TestCalculateScaleUpLimit: with previous scale up event', 5, rules([['Pods', 4]]), 2, 7],
  ['TestCalculateScaleUpLimit: disabled policy', 5, rules([['Pods', 4]], 'Disabled'), 0, 5],
  [
    'TestCalculateScaleUpLimit: MinChange policy',
    5,
    rules(
      [
        ['Pods', 4],
        ['Pods', 2],
      ],
      'Min',
    ),
    0,
    7,
  ],
  ['TestCalculateScaleUpLimit: percent scaling policy', 10, rules([['Percent', 50]]), 0, 15],
  ['TestCalculateScaleDownLimit: no previous events', 10, rules([['Percent', 20]]), 0, 8],
  [
    'TestCalculateScaleDownLimit: with previous scale down event',
    10,
    rules([['Percent', 20]]),
    -1,
    8,
  ],
  [
    'TestCalculateScaleDownLimit: multiple policies',
    100,
    rules([
      ['Percent', 10],
      ['Pods', 5],
    ]),
    0,
    90,
  ],
  ['TestCalculateScaleDownLimit: disabled policy', 10, rules([['Percent', 20]], 'Disabled'), 0, 10],
  [
    'TestCalculateScaleDownLimit: MinChange policy',
    100,
    rules(
      [
        ['Percent', 10],
        ['Pods', 15],
      ],
      'Min',
    ),
    0,
    90,
  ],
];

for (const [name, current, of, event, want] of LIMITS) {
  test(name, () => {
    const isUp = name.includes('ScaleUp');
    const behavior = isUp ? up(of) : down({ ...of, stabilizationWindowMs: 0 });
    const events = createScaleEvents(behavior);
    if (event !== 0) events.store(-30_000, event);
    const bounds = { current, min: 1, max: 1_000, now: 0 };
    const proposal = isUp ? 1_000 : 1;
    const replicas = normaliseWithBehavior(
      proposal,
      bounds,
      behavior,
      createRecommendations(0),
      events,
    );
    assert.equal(replicas, want);
  });
}

test('TestStabilizeRecommendationWithBehaviors', () => {
  const unlimited = rules([['Percent', 1_000]]);
  const behavior = {
    scaleUp: { ...unlimited, stabilizationWindowMs: 5 * MINUTE },
    scaleDown: { ...unlimited, stabilizationWindowMs: 10 * MINUTE },
  };
  const stabilised = (
    current: number,
    proposal: number,
    before: readonly [minutesAgo: number, replicas: number][],
  ): number => {
    const recommendations = createRecommendations(10 * MINUTE);
    for (const [minutes, replicas] of before) recommendations.push(-minutes * MINUTE, replicas);
    const bounds = { current, min: 1, max: 100, now: 0 };
    const events = createScaleEvents(behavior);
    return normaliseWithBehavior(proposal, bounds, behavior, recommendations, events);
  };
  assert.equal(
    stabilised(5, 10, [
      [4, 7],
      [2, 8],
    ]),
    7,
    'scale up stabilized',
  );
  assert.equal(
    stabilised(8, 3, [
      [8, 4],
      [5, 5],
    ]),
    5,
    'scale down stabilized',
  );
  assert.equal(stabilised(5, 5, [[1, 5]]), 5, 'no change needed');
});

function rules(
  policies: readonly (readonly ['Pods' | 'Percent', number])[],
  selectPolicy: ScalingRules['selectPolicy'] = 'Max',
): ScalingRules {
  return {
    stabilizationWindowMs: 0,
    selectPolicy,
    policies: policies.map(([type, value]) => ({ type, value, periodMs: MINUTE })),
  };
}

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
