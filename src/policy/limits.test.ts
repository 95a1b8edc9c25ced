import assert from 'node:assert/strict';
import { test } from 'node:test';
import { missing } from '../signals/reading.ts';
import { decideIn, START } from '../../test/support/scaling.ts';

const HOT = { cpu: 0.9 };
const COLD = { cpu: 0.01 };
const JUST_NOW = { lastUpAt: START, lastDownAt: START };

test('at max nothing more comes, and max is the reason rather than a cooldown', () => {
  const { raw, desired, binding, reasons } = decideIn({
    desired: 10,
    scale: { max: 10 },
    stable: HOT,
    memory: JUST_NOW,
  });
  assert.deepEqual({ raw, desired, binding }, { raw: 11, desired: 10, binding: 'max' });
  assert.deepEqual(reasons.at(-1), { kind: 'max', wanted: 11, bound: 10 });
});

test('at min nothing goes, and min is the reason rather than a cooldown', () => {
  const { desired, binding, reasons } = decideIn({
    desired: 2,
    scale: { min: 2 },
    stable: COLD,
    memory: JUST_NOW,
  });
  assert.deepEqual({ desired, binding }, { desired: 2, binding: 'min' });
  assert.deepEqual(reasons.at(-1), { kind: 'resting', at: 2 });
});

test('an idle service at its minimum is not told of a step that nobody takes', () => {
  const { raw, desired, reasons } = decideIn({ desired: 1, stable: { cpu: 0.01 } });
  assert.deepEqual([raw, desired], [0, 1]);
  assert.ok(!reasons.some(({ kind }) => kind === 'step' || kind === 'min'));
  assert.deepEqual(reasons.at(-1), { kind: 'resting', at: 1 });
});

test('a min that rises is reached at once, whatever cooldown, brake and missing data say', () => {
  const scale = { min: 5 };
  for (const stable of [{ ...HOT, errors: 1 }, { cpu: missing(null) }, COLD]) {
    const { desired, binding } = decideIn({ desired: 2, scale, stable, memory: JUST_NOW });
    assert.deepEqual({ desired, binding }, { desired: 5, binding: 'min' });
  }
});

test('a service that just started reaches its min without any data', () => {
  const { raw, desired, binding } = decideIn({
    desired: 0,
    scale: { min: 2 },
    stable: { cpu: missing(null), latencyP95Ms: missing(null) },
  });
  assert.deepEqual({ raw, desired, binding }, { raw: null, desired: 2, binding: 'min' });
});

test('a max that falls is obeyed at once, whatever the load says', () => {
  for (const stable of [HOT, COLD, { cpu: missing(null) }]) {
    const { desired, binding } = decideIn({
      desired: 9,
      scale: { max: 4 },
      stable,
      memory: JUST_NOW,
    });
    assert.deepEqual({ desired, binding }, { desired: 4, binding: 'max' });
  }
});

test('the host guard bounds an increase to the room there is', () => {
  const scale = { policy: 'target' } as const;
  const given = { desired: 2, scale, stable: { concurrency: 90 } };
  const { limited, desired, binding, reasons } = decideIn({
    ...given,
    host: { room: 3, bound: 'memory' },
  });
  assert.deepEqual({ limited, desired, binding }, { limited: 5, desired: 5, binding: 'guard' });
  assert.deepEqual(reasons.at(-1), { kind: 'guard', bound: 'memory', allowed: 5 });
});

test('the host guard never takes a replica away, and bounds min as well', () => {
  const full = { room: 0, bound: 'replicas' } as const;
  assert.equal(decideIn({ desired: 5, stable: { cpu: 0.5 }, host: full }).desired, 5);
  assert.equal(decideIn({ desired: 1, scale: { min: 3 }, host: full }).desired, 1);
  assert.equal(decideIn({ desired: 5, stable: COLD, host: full }).binding, 'none');
});

test('a saturated CPU is said beside an increase and stops nothing', () => {
  const { desired, binding, reasons } = decideIn({
    desired: 2,
    stable: HOT,
    host: { cpuSaturated: true },
  });
  assert.deepEqual({ desired, binding }, { desired: 3, binding: 'none' });
  assert.deepEqual(reasons.at(-1), { kind: 'cpu-saturated' });
});
