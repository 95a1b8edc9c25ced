import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HOUR, MINUTE, NOW, SECOND, decided, evidence } from '../../../test/support/evidence.ts';
import { errorsFirst } from './errors-first.ts';

const braked = (errors: number) =>
  ({ binding: 'brake', desired: 2, reasons: [{ kind: 'brake', errors, limit: 0.05 }] }) as const;
const calm = { binding: 'none', reasons: [] } as const;

test('a brake that held for minutes points to the errors, with the worst of them', () => {
  const decisions = decided(
    [HOUR, braked(0.12)],
    [58 * MINUTE, calm],
    [30 * MINUTE, braked(0.3)],
    [29 * MINUTE, calm],
  );
  assert.deepEqual(errorsFirst(evidence({ decisions })), {
    kind: 'errors',
    heldMs: 3 * MINUTE + 2 * SECOND,
    times: 2,
    worst: 0.3,
    limit: 0.05,
    lastAt: NOW - 30 * MINUTE,
    from: NOW - HOUR,
    to: NOW,
  });
});

test('some seconds of it, and a circuit that held the count, are no reason', () => {
  const short = decided([HOUR, braked(0.12)], [HOUR - 20 * SECOND, calm]);
  assert.equal(errorsFirst(evidence({ decisions: short })), null);
  const circuit = { binding: 'brake', reasons: [{ kind: 'circuit', remainingMs: null }] } as const;
  assert.equal(errorsFirst(evidence({ decisions: decided([HOUR, circuit]) })), null);
});
