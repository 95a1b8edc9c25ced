import type { Scaler } from '../scaler.ts';
import { capacityRps } from '../service-model.ts';
import type { PeerContext } from './context.ts';

/** As many replicas all the time as are `utilization` busy at the trace's peak; above 1, fewer than the peak needs. */
export function createStatic(
  utilization: number,
  { model, trace, multiply = 1 }: PeerContext,
): Scaler {
  let peakRps = 0;
  for (const rps of trace.rps) peakRps = Math.max(peakRps, rps * multiply);
  const replicas = Math.max(1, Math.ceil(peakRps / (utilization * capacityRps(model))));
  return { everyMs: 60_000, initial: replicas, decide: () => replicas };
}
