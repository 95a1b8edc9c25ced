import type { RateOptions } from '../rate.ts';
import { createRate } from '../rate.ts';
import { REPLAY_START } from '../replay.ts';
import type { Scaler } from '../scaler.ts';
import { capacityRps } from '../service-model.ts';
import type { Trace } from '../trace.ts';
import type { PeerContext } from './context.ts';
import { TICK_MS } from './context.ts';

/** The head-room that a clairvoyant keeps: so full the replicas are to be. */
export const CLAIRVOYANT_UTILIZATION = 0.8;

/**
 * Knows the rates of the trace and the usual start-up time: what the largest rate needs between now and when a replica is
 * ready that is ordered now. The noise within a step, and how long each replica takes, it does not know.
 */
export function createClairvoyant(
  utilization: number,
  { model, trace, tickMs = TICK_MS, ...rates }: PeerContext,
): Scaler {
  const largest = createLargestRate(trace, rates);
  const each = utilization * capacityRps(model);
  const needed = (atMs: number): number =>
    Math.ceil(largest(atMs, atMs + model.startup.medianMs) / each);
  return {
    everyMs: tickMs,
    initial: needed(0),
    decide: ({ now }) => needed(now - REPLAY_START),
  };
}

// Private

/** The largest rate of a span, ms since the start of the trace: between its ends it turns only where the rates change. */
function createLargestRate(
  trace: Trace,
  options: RateOptions,
): (fromMs: number, toMs: number) => number {
  const rate = createRate(trace, options);
  const offsetMs = options.hold ? 0 : trace.stepMs / 2;
  return (fromMs, toMs) => {
    let largest = Math.max(rate(fromMs), rate(toMs));
    const first = Math.floor((fromMs - offsetMs) / trace.stepMs) + 1;
    for (let at = first * trace.stepMs + offsetMs; at < toMs; at += trace.stepMs) {
      largest = Math.max(largest, rate(at));
    }
    return largest;
  };
}
