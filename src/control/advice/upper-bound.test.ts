import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  DAY,
  HOUR,
  MINUTE,
  NOW,
  decided,
  evidence,
  hours,
} from '../../../test/support/evidence.ts';
import type { Script } from '../../../test/support/evidence.ts';
import type { Reason } from '../../policy/decision.ts';
import { upperBound } from './upper-bound.ts';

const atMax = (wanted: number, bound = 10, more: readonly Reason[] = []) =>
  ({
    current: 10,
    desired: 10,
    binding: 'max',
    reasons: [...more, { kind: 'max', wanted, bound }],
  }) as const;
const calm = { current: 4, desired: 4, binding: 'none', reasons: [] } as const;

test('bound by max for minutes: max could be what was asked for, with the p95 of that time', () => {
  const decisions = decided([2 * HOUR, calm], [HOUR, atMax(14)], [40 * MINUTE, calm]);
  const recent = hours((since) => ({ latencyP95Ms: since === 100 * MINUTE ? 2400 : 40 }));
  assert.deepEqual(upperBound(evidence({ decisions, recent })), {
    kind: 'max',
    max: 10,
    heldMs: 20 * MINUTE + 1000,
    times: 1,
    wanted: 14,
    p95Ms: 2400,
    slow: true,
    better: 15,
    saturated: false,
    from: NOW - 2 * HOUR,
    to: NOW,
  });
});

test('of what began before yesterday the last day counts', () => {
  const decisions = decided([5 * DAY, atMax(14)]);
  const found = upperBound(evidence({ decisions }));
  assert.ok(found?.kind === 'max');
  assert.deepEqual([found.heldMs, found.to - found.from], [DAY, DAY]);
});

test('max goes no higher than the machine has room for, and not at all where its cores were busy', () => {
  const decisions = decided([HOUR, atMax(30)], [30 * MINUTE, calm]);
  const better = (room: number, given = decisions): unknown => {
    const found = upperBound(evidence({ decisions: given, machine: { room, memoryBytes: null } }));
    return found?.kind === 'max' && [found.better, found.saturated];
  };
  assert.deepEqual(better(50), [30, false]);
  assert.deepEqual(better(3), [13, false]);
  assert.deepEqual(better(0), [null, false]);
  const saturated = decided(
    [HOUR, atMax(30, 10, [{ kind: 'cpu-saturated' }])],
    [30 * MINUTE, calm],
  );
  assert.deepEqual(better(50, saturated), [null, true]);
});

test('the host guard that bound it is named as such', () => {
  const reasons = [{ kind: 'guard', bound: 'memory', allowed: 3 }] as const;
  const decisions = decided([HOUR, { binding: 'guard', desired: 3, current: 3, reasons }]);
  const found = upperBound(evidence({ decisions }));
  assert.ok(found?.kind === 'machine');
  assert.deepEqual([found.bound, found.allowed], ['memory', 3]);
});

test('a minute at max, an earlier max and the day before yesterday are no reason', () => {
  const silent = (...script: Script): void =>
    assert.equal(upperBound(evidence({ decisions: decided(...script) })), null);
  silent([HOUR, atMax(14)], [HOUR - MINUTE, calm]);
  silent([HOUR, atMax(14, 6)], [MINUTE, calm]);
  silent([2 * DAY, atMax(14)], [1.5 * DAY, calm]);
  silent([HOUR, calm]);
});
