import assert from 'node:assert/strict';
import { test } from 'node:test';
import { closedSince, stepCircuit } from './circuit.ts';
import type { CircuitSeen } from './circuit.ts';
import { circuitHold } from './circuit-hold.ts';

const T0 = 1_700_000_000_000;
const WINDOW_MS = 60_000;
const SPEC = { errors: 0.5, windowMs: 10_000 };
const NONE = { requests: 0, errors: 0 };
const QUIET: CircuitSeen = {
  lately: NONE,
  now: NONE,
  failedInARow: 0,
  asked: false,
  inFlight: 0,
  deserted: false,
};

/** A circuit that opened at T0 and is half-open since five seconds later. */
function halfOpen() {
  const failing = { ...QUIET, failedInARow: 20 };
  const open = stepCircuit(closedSince(T0), 1, failing, SPEC, T0);
  return stepCircuit(open.circuit, open.number, QUIET, SPEC, T0 + 5_000);
}

test('while a circuit is open, and tried by somebody, it holds the count', () => {
  const { circuit, number } = halfOpen();
  const held = { circuit: { open: true, settlingMs: 0 } };
  assert.deepEqual(circuitHold({ ...circuit, state: 'open', trial: null }, WINDOW_MS, T0), held);
  assert.deepEqual(circuitHold(circuit, WINDOW_MS, T0 + 64_000), held);
  const asked = stepCircuit(
    circuit,
    number,
    { ...QUIET, asked: true, now: { requests: 1, errors: 0 } },
    SPEC,
    T0 + 60_000,
  );
  assert.deepEqual(circuitHold(asked.circuit, WINDOW_MS, T0 + 119_000), held);
});

test('a half-open circuit that nobody asks holds nothing after a window, or the service would never rest', () => {
  let { circuit, number } = halfOpen();
  for (let at = T0 + 5_250; at <= T0 + 65_000; at += 250) {
    ({ circuit, number } = stepCircuit(circuit, number, QUIET, SPEC, at));
  }
  assert.equal(circuit.state, 'half-open');
  assert.deepEqual(circuitHold(circuit, WINDOW_MS, T0 + 65_000), {});
});

test('one that has closed holds steps down for a window, one that never was open nothing', () => {
  const { circuit } = halfOpen();
  const closed = { ...circuit, state: 'closed', trial: null, since: T0 } as const;
  const left = { circuit: { open: false, settlingMs: 20_000 } };
  assert.deepEqual(circuitHold(closed, WINDOW_MS, T0 + 40_000), left);
  assert.deepEqual(circuitHold(closed, WINDOW_MS, T0 + 60_000), {});
  assert.deepEqual(circuitHold(closedSince(T0), WINDOW_MS, T0), {});
  assert.deepEqual(circuitHold(null, WINDOW_MS, T0), {});
});
