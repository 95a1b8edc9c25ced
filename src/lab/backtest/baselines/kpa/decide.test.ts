/** The vectors of Knative's `pkg/autoscaler/scaling/autoscaler_test.go`, under the names they have there. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Decider, DeciderSpec } from './decide.ts';
import { createDecider } from './decide.ts';

const START = 1_700_000_000_000;
const SECOND = 1_000;
const MINUTE = 60_000;
/** Upstream's tests have another utilisation than its defaults. */
const UTILIZATION = 0.75;

test('TestAutoscalerStableModeIncreaseWithConcurrencyDefault', () => {
  const decider = deciderOf(10, 101);
  expect(decider, 1, [50, 10], 5, ebc(10, 101, 10, 1));
  expect(decider, 1, [100, 10], 10, ebc(10, 101, 10, 1));
});

test('TestAutoscalerStableModeDecrease', () => {
  const decider = deciderOf(10, 98);
  expect(decider, 8, [100, 100], 10, ebc(10, 98, 100, 8));
  expect(decider, 8, [50, 50], 5, ebc(10, 98, 50, 8));
});

test('TestAutoscalerStableModeNoTrafficScaleToZero', () => {
  const decider = deciderOf(10, 75);
  expect(decider, 1, [1, 0], 1, ebc(10, 75, 0, 1));
  expect(decider, 1, [0, 0], 0, ebc(10, 75, 0, 1));
});

test('TestAutoscalerUnpanicAfterSlowIncrease', () => {
  const decider = deciderOf(1, 98);
  expect(decider, 10, [11, 25], 25, ebc(1, 98, 25, 10));
  assert.equal(decider.panicSince, START);
  expect(decider, 40, [30, 41], 41, ebc(1, 98, 41, 40), START + 30 * SECOND);
  assert.equal(decider.panicSince, START, 'it should not have moved');
  expect(decider, 55, [50, 56], 50, ebc(1, 98, 56, 55), START + 62 * SECOND);
  assert.equal(decider.panicSince, null);
});

test('TestAutoscalerExtendPanicWindow', () => {
  const decider = deciderOf(1, 98);
  expect(decider, 10, [11, 25], 25, ebc(1, 98, 25, 10));
  const later = START + 30 * SECOND;
  expect(decider, 40, [30, 80], 80, ebc(1, 98, 80, 40), later);
  assert.equal(decider.panicSince, later);
});

test('TestAutoscalerPanicModeExponentialTrackAndStabilize', () => {
  const decider = deciderOf(1, 101);
  const readies = [1, 6, 36, 216, 1_296];
  const loads = [6, 36, 216, 1_296, 1_296];
  readies.forEach((ready, i) => {
    const load = loads[i] ?? 0;
    expect(decider, ready, [load, load], load, ebc(1, 101, load, ready), START + i * SECOND);
  });
});

test('TestAutoscalerActivationScale', () => {
  const decider = deciderOf(10, 75, { activationScale: 2 });
  expect(decider, 1, [0, 0], 0, ebc(10, 75, 0, 1));
  expect(decider, 1, [1, 0], 2, ebc(10, 75, 0, 1));
});

test('TestAutoscalerPanicThenUnPanicScaleDown', () => {
  const decider = deciderOf(10, 93);
  expect(decider, 1, [100, 100], 10, ebc(10, 93, 100, 1));
  expect(decider, 10, [100, 1_000], 100, ebc(10, 93, 1_000, 10));
  expect(decider, 10, [1, 1], 100, ebc(10, 93, 1, 10), START + 30 * SECOND);
  expect(decider, 10, [1, 1], 1, ebc(10, 93, 1, 10), START + 61 * SECOND);
});

test('TestAutoscalerRateLimitScaleUp', () => {
  const decider = deciderOf(10, 61);
  expect(decider, 1, [1_000, 1_001], 10, ebc(10, 61, 1_001, 1));
  expect(decider, 10, [1_000, 1_001], 100, ebc(10, 61, 1_001, 10));
});

test('TestAutoscalerRateLimitScaleDown', () => {
  const decider = deciderOf(10, 61);
  expect(decider, 100, [1, 1], 10, ebc(10, 61, 1, 100));
  expect(decider, 10, [1, 1], 1, ebc(10, 61, 1, 10));
});

test('TestAutoscalerUseOnePodAsMinimumIfEndpointsNotFound', () => {
  expect(deciderOf(10, 81), 0, [1_000, 888], 10, ebc(10, 81, 888, 0));
});

const SCALE: readonly [string, DeciderCase][] = [
  ['AutoscalerNoDataAtZeroNoAutoscale', { target: 10, tbc: 100, ready: 1, load: [0, 0], want: 0 }],
  [
    'AutoscalerStableModeUnlimitedTBC',
    { target: 181, tbc: -1, ready: 1, load: [21, 26], want: 1, ebc: -1 },
  ],
  ['Autoscaler0TBC', { target: 10, tbc: 0, ready: 1, load: [50, 49], want: 5, ebc: 0 }],
  ['AutoscalerStableModeNoChange', { target: 10, tbc: 100, ready: 1, load: [50, 50], want: 5 }],
  [
    'AutoscalerPanicStableLargerThanPanic',
    { target: 1, tbc: 100, ready: 5, load: [50, 30], want: 50, panicking: true },
  ],
  [
    'AutoscalerPanicStableLessThanPanic',
    { target: 1, tbc: 100, ready: 5, load: [20, 30], want: 30, panicking: true },
  ],
  [
    'AutoscalerStableModeNoChangeAlreadyScaled',
    { target: 10, tbc: 100, ready: 5, load: [50, 50], want: 5 },
  ],
  [
    'AutoscalerStableModeIncreaseWithSmallScaleUpRate',
    { target: 1, tbc: 1_982, ready: 2, load: [3, 3.1], want: 3, spec: { maxScaleUpRate: 1.1 } },
  ],
  [
    'AutoscalerStableModeDecreaseWithSmallScaleDownRate',
    { target: 10, tbc: 1_982, ready: 100, load: [1, 1], want: 90, spec: { maxScaleDownRate: 1.1 } },
  ],
  [
    'AutoscalerStableModeDecreaseNonReachable',
    {
      target: 10,
      tbc: 1_982,
      ready: 100,
      load: [1, 1],
      want: 1,
      spec: { maxScaleDownRate: 1.1, reachable: false },
    },
  ],
  [
    'AutoscalerPanicModeDoublePodCount',
    { target: 10, tbc: 84, ready: 1, load: [50, 100], want: 10 },
  ],
];

for (const [name, each] of SCALE) {
  test(`TestAutoscalerScale: ${name}`, () => {
    const { target, tbc, ready, load, want, spec, panicking } = each;
    const decider = panicking
      ? createDecider(specOf(target, tbc, spec), START - 5 * SECOND, 5)
      : deciderOf(target, tbc, spec);
    expect(decider, ready, load, want, each.ebc ?? ebc(target, tbc, load[1], ready));
  });
}

test('one that starts with several replicas panics, and keeps them until it knows better', () => {
  const decider = createDecider(specOf(10, 100), START, 8);
  assert.equal(decider.panicSince, START);
  expect(decider, 8, [10, 10], 8, ebc(10, 100, 10, 8), START + 2 * SECOND);
  expect(decider, 8, [10, 10], 1, ebc(10, 100, 10, 8), START + 61 * SECOND);
});

const DELAY = { maxScaleDownRate: 10, panicThreshold: 100, scaleDownDelayMs: 5 * MINUTE };

/** Upstream begins at the zero time, a whole minute. */
const WHOLE = 1_699_999_980_000;

test('TestAutoscalerScaleDownDelay: simple', () => {
  const decide = counts(createDecider(specOf(10, 0, DELAY), WHOLE, 0));
  assert.equal(decide(WHOLE + 2 * SECOND, 40), 4);
  assert.equal(decide(WHOLE + 5 * MINUTE, 0), 4);
  assert.equal(decide(WHOLE + 5 * MINUTE + 2 * SECOND, 0), 0);
});

test('TestAutoscalerScaleDownDelay: gradual', () => {
  const decide = counts(createDecider(specOf(10, 0, DELAY), WHOLE, 0));
  assert.equal(decide(WHOLE + 9 * MINUTE, 40), 4);
  assert.equal(decide(WHOLE + 10 * MINUTE, 30), 4, '4 still dominates');
  assert.equal(decide(WHOLE + 11 * MINUTE, 0), 4);
  assert.equal(decide(WHOLE + 14 * MINUTE, 0), 3, '4 scrolls out');
  assert.equal(decide(WHOLE + 15 * MINUTE, 0), 0);
});

test('TestAutoscalerScaleDownDelayNotReachable', () => {
  const unreachable = counts(
    createDecider(specOf(10, 0, { ...DELAY, reachable: false }), WHOLE, 0),
  );
  assert.equal(unreachable(WHOLE + 2 * SECOND, 40), 4);
  assert.equal(unreachable(WHOLE + 4 * SECOND, 0), 0);
});

test('TestAutoscalerScaleDownDelayZero', () => {
  const decide = counts(createDecider(specOf(10, 0, { ...DELAY, scaleDownDelayMs: 0 }), WHOLE, 0));
  assert.equal(decide(WHOLE, 40), 4);
  assert.equal(decide(WHOLE + 500, 20), 2);
});

interface DeciderCase {
  readonly target: number;
  readonly tbc: number;
  readonly ready: number;
  readonly load: readonly [stable: number, panic: number];
  readonly want: number;
  readonly ebc?: number;
  readonly spec?: Partial<DeciderSpec>;
  readonly panicking?: true;
}

function specOf(target: number, tbc: number, spec: Partial<DeciderSpec> = {}): DeciderSpec {
  return {
    target,
    total: target / UTILIZATION,
    maxScaleUpRate: 10,
    maxScaleDownRate: 10,
    panicThreshold: 2,
    stableWindowMs: MINUTE,
    targetBurstCapacity: tbc,
    activationScale: 1,
    scaleDownDelayMs: 0,
    reachable: true,
    ...spec,
  };
}

function deciderOf(target: number, tbc: number, spec: Partial<DeciderSpec> = {}): Decider {
  return createDecider(specOf(target, tbc, spec), START, 1);
}

function ebc(target: number, tbc: number, panic: number, ready: number): number {
  return Math.floor((target / UTILIZATION) * ready - tbc - panic);
}

function expect(
  decider: Decider,
  ready: number,
  [stable, panic]: readonly [number, number],
  replicas: number,
  excessBurstCapacity: number,
  now = START,
): void {
  assert.deepEqual(decider.decide(now, ready, stable, panic), { replicas, excessBurstCapacity });
}

function counts(decider: Decider): (now: number, load: number) => number {
  return (now, load) => decider.decide(now, 0, load, load).replicas;
}
