import type { ControlState } from '../../policy/decision.ts';
import type { CircuitMemory } from './circuit.ts';

export type HoldingCircuit = Pick<CircuitMemory, 'state' | 'since' | 'reason' | 'trial'>;

/**
 * What the circuit means for the count: nothing where it is closed and has been for a window, or since the control plane
 * started. Nor where it is half-open and nobody has asked for a window: then nobody is refused, and what idles is too many.
 */
export function circuitHold(
  circuit: HoldingCircuit | null,
  windowMs: number,
  now: number,
): Pick<ControlState, 'circuit'> {
  if (!circuit) return {};
  const { state, trial, since, reason } = circuit;
  if (state === 'half-open' && trial && now - trial.askedAt >= windowMs) return {};
  if (state !== 'closed') return { circuit: { open: true, settlingMs: 0 } };
  const settlingMs = reason === null ? 0 : since + windowMs - now;
  return settlingMs > 0 ? { circuit: { open: false, settlingMs } } : {};
}
