import assert from 'node:assert/strict';
import { test } from 'node:test';
import { missing } from '../signals/reading.ts';
import { decideIn, START } from '../../test/support/scaling.ts';

const HOT = { cpu: 0.9 };
const COLD = { cpu: 0.01 };

test('a step up waits for the cooldown since the last step up', () => {
  const lastUpAt = START - 900;
  const { raw, stabilised, desired, binding, reasons } = decideIn({
    desired: 3,
    stable: HOT,
    memory: { lastUpAt },
  });
  assert.deepEqual(
    { raw, stabilised, desired, binding },
    { raw: 4, stabilised: 3, desired: 3, binding: 'cooldown' },
  );
  assert.deepEqual(reasons.at(-1), { kind: 'cooldown', direction: 'up', remainingMs: 2_100 });
  const over = decideIn({ desired: 3, stable: HOT, memory: { lastUpAt: START - 3_000 } });
  assert.equal(over.desired, 4);
  assert.equal(over.memory.lastUpAt, START);
});

test('a step down waits for the cooldown since the last step down', () => {
  const before = decideIn({ desired: 3, stable: COLD, memory: { lastDownAt: START - 59_999 } });
  assert.equal(before.desired, 3);
  assert.equal(before.binding, 'cooldown');
  const after = decideIn({ desired: 3, stable: COLD, memory: { lastDownAt: START - 60_000 } });
  assert.equal(after.desired, 2);
  assert.equal(after.memory.lastDownAt, START);
});

test('a step down does not delay a step up', () => {
  assert.equal(decideIn({ desired: 3, stable: HOT, memory: { lastDownAt: START } }).desired, 4);
});

test('a step up delays a step down by one window, not by the cooldown down', () => {
  const young = decideIn({ desired: 3, stable: COLD, memory: { lastUpAt: START - 9_000 } });
  assert.equal(young.desired, 3);
  assert.equal(young.binding, 'cooldown');
  assert.deepEqual(young.reasons.at(-1), { kind: 'settling', remainingMs: 1_000 });
  assert.equal(
    decideIn({ desired: 3, stable: COLD, memory: { lastUpAt: START - 10_000 } }).desired,
    2,
  );
});

test('a clock that was set back does not stretch a cooldown', () => {
  assert.equal(decideIn({ desired: 3, stable: HOT, memory: { lastUpAt: START + 9e6 } }).desired, 4);
});

test('errors above the brake stop a step up, and say by how much', () => {
  const { desired, binding, reasons } = decideIn({ desired: 3, stable: { ...HOT, errors: 0.051 } });
  assert.equal(desired, 3);
  assert.equal(binding, 'brake');
  assert.deepEqual(reasons.at(-1), { kind: 'brake', errors: 0.051, limit: 0.05 });
  assert.equal(decideIn({ desired: 3, stable: { ...HOT, errors: 0.05 } }).desired, 4);
});

test('requests that found no free place brake nothing: of the others none may err more than the brake allows', () => {
  const flooded = { desired: 3, stable: { ...HOT, errors: 0.6 } };
  const { desired, binding } = decideIn({ ...flooded, servedErrors: 0.05 });
  assert.deepEqual({ desired, binding }, { desired: 4, binding: 'none' });
  const broken = decideIn({ ...flooded, servedErrors: 0.5 });
  assert.deepEqual([broken.desired, broken.binding], [3, 'brake']);
  assert.deepEqual(broken.reasons.at(-1), { kind: 'brake', errors: 0.5, limit: 0.05 });
});

test('the brake blocks no step down', () => {
  assert.equal(decideIn({ desired: 3, stable: { ...COLD, errors: 1 } }).desired, 2);
});

test('without a brake, or without an error rate, nothing is braked', () => {
  const scale = { brake: { errors: null } };
  assert.equal(decideIn({ desired: 3, scale, stable: { ...HOT, errors: 1 } }).desired, 4);
  assert.equal(decideIn({ desired: 3, stable: { ...HOT, errors: missing(9_000) } }).desired, 4);
});

test('brake and cooldown together: both are said, the brake binds', () => {
  const { binding, reasons } = decideIn({
    desired: 3,
    stable: { ...HOT, errors: 0.5 },
    memory: { lastUpAt: START },
  });
  assert.equal(binding, 'brake');
  assert.deepEqual(
    reasons.slice(-2).map(({ kind }) => kind),
    ['brake', 'cooldown'],
  );
});

test('while the gateway refuses the requests nothing moves, and after it nothing goes down for a window', () => {
  const open = { circuit: { open: true, settlingMs: 0 } };
  for (const stable of [HOT, COLD]) {
    const held = decideIn({ desired: 3, stable, control: open });
    assert.deepEqual([held.desired, held.binding], [3, 'brake']);
    assert.deepEqual(held.reasons.at(-1), { kind: 'circuit', remainingMs: null });
  }
  assert.equal(decideIn({ desired: 3, scale: { min: 5 }, stable: COLD, control: open }).desired, 5);
  const after = { circuit: { open: false, settlingMs: 4_000 } };
  assert.equal(decideIn({ desired: 3, stable: COLD, control: after }).desired, 3);
  assert.equal(decideIn({ desired: 3, stable: HOT, control: after }).desired, 4);
});
