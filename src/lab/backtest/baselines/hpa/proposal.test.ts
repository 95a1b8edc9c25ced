/** The vectors of Kubernetes' `pkg/controller/podautoscaler/replica_calculator_test.go`, under the names they have there. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pod } from './pods.ts';
import { groupPods } from './pods.ts';
import {
  averageProposal,
  perReplicaProposal,
  utilizationProposal,
  valueProposal,
} from './proposal.ts';

const NOW = 1_000_000_000;
const MINUTE = 60_000;
const TOLERANCE = { up: 0.1, down: 0.1 };
const REQUEST = 1_000;

/** As upstream's tests set it. */
const RULES = { cpuInitializationMs: 2 * MINUTE, initialReadinessMs: 10_000 };

type Vector = readonly [
  name: string,
  current: number,
  pods: readonly Pod[],
  target: number,
  want: number | null,
];

const RESOURCE: readonly Vector[] = [
  ['scale up', 3, pods(300, 500, 700), 30, 5],
  ['scale up: unready pod scales less', 3, [unready(300), ...pods(500, 700)], 30, 4],
  ['scale up: hot-CPU pod scales less', 3, [hot(300), ...pods(500, 700)], 30, 4],
  ['no scale: unready pods ignored', 3, [pod(400), unready(500), unready(700)], 30, 3],
  ['no scale: hot-CPU pods ignored', 3, [pod(400), hot(500), hot(700)], 30, 3],
  ['scale up: failed pods ignored', 2, [...pods(500, 700), failed(), failed()], 30, 4],
  ['scale up: pods being deleted are ignored', 2, [...pods(500, 700), going(), going()], 30, 4],
  ['scale down', 5, pods(100, 300, 500, 250, 250), 50, 3],
  [
    'scale down: exclude unready pods',
    5,
    [...pods(100, 300, 500), unready(250), unready(250)],
    50,
    2,
  ],
  [
    'scale down: exclude unscheduled pods',
    5,
    [pod(100), pending(), pending(), pending(), pending()],
    50,
    1,
  ],
  ['scale down: ignore hot-CPU pods', 5, [...pods(100, 300, 500), hot(250), hot(250)], 50, 2],
  [
    'scale down: failed pods ignored',
    5,
    [...pods(100, 300, 500, 250, 250), failed(), failed()],
    50,
    3,
  ],
  ['within default tolerance', 3, pods(1_010, 1_030, 1_020), 100, 3],
  ['some pods missing metrics scales down', 4, [...pods(400, 95), silent(), silent()], 100, 3],
  ['no change: metric equal to target', 2, [pod(1_000), silent()], 100, 2],
  ['no change: metric above target', 2, [pod(1_900), silent()], 100, 2],
  ['no change: metric below target', 2, [pod(600), silent()], 100, 2],
  ['no change: unready pod metric missing', 3, [unready(100), pod(450), silent()], 50, 3],
  ['no change: hot-CPU pod metric missing', 3, [hot(100), pod(450), silent()], 50, 3],
  ['scale up: unready pod metric missing', 3, [unready(100), pod(2_000), silent()], 50, 4],
  ['scale up: hot-CPU pod metric missing', 3, [hot(100), pod(2_000), silent()], 50, 4],
  ['scale down: unready pod metric missing', 4, [unready(100), ...pods(100, 100), silent()], 50, 3],
  [
    'rolling update with maxSurge: extra pod missing metric',
    2,
    [...pods(100, 100), silent()],
    50,
    2,
  ],
  ['no metrics returned from metrics API', 4, [silent(), silent(), silent()], 100, null],
];

for (const [name, current, of, target, want] of RESOURCE) {
  test(`TestReplicaCalcResource: ${name}`, () => {
    const usage = groupPods(of, { cpu: true, now: NOW, rules: RULES });
    assert.equal(utilizationProposal(current, usage, REQUEST, target, TOLERANCE), want);
  });
}

const TOLERANCES: readonly [string, number, { up: number; down: number }, number][] = [
  ['outside 0% tolerance', 1_010, { up: 0, down: 0 }, 4],
  ['within 200% scale-up tolerance', 1_900, { up: 2, down: 0.1 }, 3],
  ['outside 8% scale-up tolerance', 1_090, { up: 0.08, down: 2 }, 4],
  ['within 36% scale-down tolerance', 650, { up: 0.1, down: 0.36 }, 3],
  ['outside 34% scale-down tolerance', 650, { up: 0.1, down: 0.34 }, 2],
];

for (const [name, mean, tolerance, want] of TOLERANCES) {
  test(`TestReplicaCalcResourceTolerance: ${name}`, () => {
    const usage = { counted: 3, total: 3 * mean, unready: 0, missing: 0 };
    assert.equal(utilizationProposal(3, usage, REQUEST, 100, tolerance), want);
  });
}

const POD_METRIC: readonly Vector[] = [
  ['scale up', 3, pods(20_000, 10_000, 30_000), 15_000, 4],
  [
    'scale up: unready hot-CPU pod scales less',
    3,
    [...pods(50_000, 10_000), hot(30_000)],
    15_000,
    6,
  ],
  [
    'scale up: unready hot-CPU pods avoid scale-down',
    3,
    [unready(50_000), pod(15_000), hot(30_000)],
    15_000,
    7,
  ],
  ['scale down', 5, pods(12_000, 12_000, 12_000, 12_000, 12_000), 20_000, 3],
  ['within default tolerance', 3, pods(20_000, 21_000, 21_000), 20_000, 3],
  [
    'no change: missing metrics',
    5,
    [...pods(20_000, 19_000, 21_000), silent(), silent()],
    20_000,
    5,
  ],
  [
    'rolling update with maxSurge: extra pod missing metric',
    2,
    [...pods(10_000, 10_000), silent()],
    17_000,
    2,
  ],
];

for (const [name, current, of, target, want] of POD_METRIC) {
  test(`TestReplicaCalcPodMetric: ${name}`, () => {
    const usage = groupPods(of, { cpu: false, now: NOW, rules: RULES });
    assert.equal(averageProposal(current, usage, target, TOLERANCE), want);
  });
}

test('TestReplicaCalcPodMetric: outside configurable 1% tolerance', () => {
  const usage = groupPods(pods(20_000, 21_000, 21_000), { cpu: false, now: NOW });
  assert.equal(averageProposal(3, usage, 20_000, { up: 0.01, down: 0.1 }), 4);
});

const ONE_PERCENT = { up: 0.01, down: 0.1 };

const VALUE: readonly [string, number, number, number, number, typeof TOLERANCE, number][] = [
  ['ObjectMetric: scale up', 3, 3, 20_000, 15_000, TOLERANCE, 4],
  ['ObjectMetric: scale up: ignores unready pods', 3, 1, 50_000, 10_000, TOLERANCE, 5],
  ['ObjectMetric: scale down', 5, 5, 12_000, 20_000, TOLERANCE, 3],
  ['ObjectMetric: within default tolerance', 3, 3, 20_666, 20_000, TOLERANCE, 3],
  ['ObjectMetric: outside configurable 1% tolerance', 3, 3, 20_666, 20_000, ONE_PERCENT, 4],
  ['ExternalMetric: scale down: ignores unready pods', 3, 1, 8_600, 4_400, TOLERANCE, 2],
  ['ExternalMetric: scale down', 5, 5, 8_600, 14_334, TOLERANCE, 3],
  ['ExternalMetric: within default tolerance', 3, 3, 8_600, 8_888, TOLERANCE, 3],
  ['ExternalMetric: outside configurable 1% tolerance', 3, 3, 8_900, 8_800, ONE_PERCENT, 4],
];

for (const [name, current, ready, value, target, tolerance, want] of VALUE) {
  test(`TestReplicaCalc${name}`, () => {
    assert.equal(valueProposal(current, ready, value, target, tolerance), want);
  });
}

test('a value metric from zero replicas knows neither ready pods nor tolerance', () => {
  assert.equal(valueProposal(0, 0, 21, 20, TOLERANCE), 2);
});

const PER_REPLICA: readonly [string, number, number, number, typeof TOLERANCE, number][] = [
  ['statusReplicas zero does not overflow usage', 0, 20_000, 5_000, TOLERANCE, 4],
  ['statusReplicas zero and metric zero does not underflow', 0, 0, 5_000, TOLERANCE, 0],
  ['scale up', 3, 8_600, 2_150, TOLERANCE, 4],
  ['scale down', 5, 8_600, 2_867, TOLERANCE, 3],
  ['within default tolerance', 3, 8_600, 2_900, TOLERANCE, 3],
  ['outside configurable 1% tolerance', 3, 8_600, 2_800, ONE_PERCENT, 4],
];

for (const [name, status, value, target, tolerance, want] of PER_REPLICA) {
  test(`TestReplicaCalcExternalPerPodMetric: ${name}`, () => {
    assert.equal(perReplicaProposal(status, value, target, tolerance), want);
  });
}

test('a missing metric does not turn a step down into one up', () => {
  const usage = groupPods([pod(400), silent()], { cpu: true, now: NOW, rules: RULES });
  assert.equal(utilizationProposal(2, usage, REQUEST, 50, TOLERANCE), 2);
});

test('usage is rounded down to whole percent, a mean to a whole unit, before it is held to the target', () => {
  const usage = (total: number) => ({ counted: 3, total, unready: 0, missing: 0 });
  assert.equal(utilizationProposal(3, usage(3 * 1_109), REQUEST, 100, TOLERANCE), 3);
  assert.equal(utilizationProposal(3, usage(3 * 1_110), REQUEST, 100, TOLERANCE), 4);
  assert.equal(averageProposal(3, usage(3_302), 1_000, TOLERANCE), 3);
  assert.equal(averageProposal(3, usage(3_303), 1_000, TOLERANCE), 4);
});

test('a pod that was last unready before it was 30 s old was never ready, however old it is', () => {
  const startedAt = NOW - 10 * MINUTE;
  const since = (ageMs: number): Pod => ({
    ...pod(500),
    startedAt,
    ready: { status: false, since: startedAt + ageMs },
  });
  const group = (of: Pod): number => groupPods([of], { cpu: true, now: NOW }).unready;
  assert.equal(group(since(29_999)), 1);
  assert.equal(group(since(30_000)), 0);
});

function pod(value: number): Pod {
  const startedAt = NOW - 3 * MINUTE;
  return {
    phase: 'Running',
    startedAt,
    ready: { status: true, since: startedAt },
    metric: { value, at: NOW, windowMs: MINUTE },
  };
}

function pods(...values: number[]): Pod[] {
  return values.map(pod);
}

function unready(value: number): Pod {
  return { ...pod(value), ready: { status: false, since: NOW - 3 * MINUTE } };
}

/** Just started and already ready: its metric is that of its start. */
function hot(value: number): Pod {
  return { ...pod(value), startedAt: NOW, ready: { status: true, since: NOW } };
}

function silent(): Pod {
  return { ...pod(0), metric: null };
}

function pending(): Pod {
  return { ...silent(), phase: 'Pending' };
}

function failed(): Pod {
  return { ...unready(9_000), phase: 'Failed' };
}

function going(): Pod {
  return { ...unready(9_000), deleting: true };
}
