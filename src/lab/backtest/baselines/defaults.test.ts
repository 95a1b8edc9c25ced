/** What each peer ships: a constant that drifts makes a comparison with nobody. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AWS_DEFAULTS } from './aws/target-tracking.ts';
import { BASELINES } from './baselines.ts';
import { DEFAULT_BEHAVIOR } from './hpa/behavior.ts';
import { HPA_DEFAULTS, hpaBounds } from './hpa/controller.ts';
import { METRICS_SERVER } from './hpa/cpu-metric.ts';
import { READINESS } from './hpa/pods.ts';
import { KEDA_DEFAULTS } from './keda/activation.ts';
import { KPA_DEFAULTS } from './kpa/decide.ts';

test('the HPA has the flags that kube-controller-manager comes with, and the behavior that the API server fills in', () => {
  assert.deepEqual(HPA_DEFAULTS, {
    syncMs: 15_000,
    tolerance: { up: 0.1, down: 0.1 },
    downscaleStabilizationMs: 300_000,
    targetUtilization: 80,
  });
  assert.deepEqual(READINESS, { cpuInitializationMs: 300_000, initialReadinessMs: 30_000 });
  assert.deepEqual(METRICS_SERVER, { windowMs: 15_000, delayMs: 15_000 });
  assert.deepEqual(hpaBounds({ min: 0, max: 9 }), { min: 1, max: 9 });
  assert.deepEqual(DEFAULT_BEHAVIOR, {
    scaleUp: {
      stabilizationWindowMs: 0,
      selectPolicy: 'Max',
      policies: [
        { type: 'Pods', value: 4, periodMs: 15_000 },
        { type: 'Percent', value: 100, periodMs: 15_000 },
      ],
    },
    scaleDown: {
      stabilizationWindowMs: 300_000,
      selectPolicy: 'Max',
      policies: [{ type: 'Percent', value: 100, periodMs: 15_000 }],
    },
  });
});

test('Knative has what config-autoscaler comes with', () => {
  assert.deepEqual(KPA_DEFAULTS, {
    tickMs: 2_000,
    stableWindowMs: 60_000,
    panicWindowMs: 6_000,
    panicThreshold: 2,
    maxScaleUpRate: 1_000,
    maxScaleDownRate: 2,
    targetUtilization: 0.7,
    targetMin: 0.01,
    targetBurstCapacity: 211,
    scaleToZeroGraceMs: 30_000,
    scaleDownDelayMs: 0,
    activationScale: 1,
  });
});

test('KEDA and AWS have what their documents say', () => {
  assert.deepEqual(KEDA_DEFAULTS, {
    pollingMs: 30_000,
    cooldownMs: 300_000,
    activationThreshold: 0,
  });
  assert.deepEqual(AWS_DEFAULTS, {
    periodMs: 60_000,
    highPeriods: 3,
    lowPeriods: 15,
    lowShare: 0.9,
    cooldownMs: 300_000,
  });
});

test('every peer runs as it ships, and has the same nine settings to try beside it', () => {
  const { static: fixed, clairvoyant, ...peers } = BASELINES;
  assert.deepEqual(
    Object.entries(peers).map(([name, peer]) => [name, peer.default]),
    [
      ['hpa', 0.8],
      ['hpa-behavior', 0.8],
      ['kpa', 0.7],
      ['keda', 0.8],
      ['aws', 0.8],
      ['aws-predictive', 0.8],
      ['crane', 0.8],
    ],
  );
  for (const { sweep } of Object.values(peers))
    assert.deepEqual(sweep, [0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95]);
  assert.deepEqual([fixed.default, clairvoyant.default], [0.8, 0.8]);
});
