import type { LatencyCounts } from './latency-counts.ts';
import type { View } from './scaler.ts';

/** What is kept of each of the last ticks of a replay. */
export interface TickHistory {
  /** How many there have been in all. */
  readonly ticks: number;
  add(view: View): void;
  readonly fields: Float64Array;
  /** Where in `fields` those of this tick begin, counted from 0; as long as it is one of the last `size`. */
  offset(tick: number): number;
  latencies(tick: number): LatencyCounts;
}

export const TICK_FIELDS = {
  arrivals: 0,
  errors: 1,
  inFlight: 2,
  queued: 3,
  busy: 4,
  served: 5,
  latencyMs: 6,
} as const;

export type TickField = (typeof TICK_FIELDS)[keyof typeof TICK_FIELDS];

export const FIELDS = Object.keys(TICK_FIELDS).length;

export function createTickHistory(size: number): TickHistory {
  const fields = new Float64Array(size * FIELDS);
  const counts: LatencyCounts[] = [];
  let ticks = 0;
  return {
    get ticks() {
      return ticks;
    },
    add(view) {
      const slot = ticks % size;
      const kept = (counts[slot] ??= view.latencies.empty());
      kept.copy(view.latencies);
      const at = slot * FIELDS;
      const { total, waitedMs } = kept;
      const meanMs = kept.meanMs();
      fields[at + TICK_FIELDS.arrivals] = view.arrivals;
      fields[at + TICK_FIELDS.errors] = view.timedOut;
      const waited = waitedMs / view.tickMs;
      const served = (total * meanMs) / view.tickMs - waited;
      fields[at + TICK_FIELDS.inFlight] = meanLook(served, view.inFlight, view.tickMs);
      fields[at + TICK_FIELDS.queued] = meanLook(waited, view.queued, view.tickMs);
      fields[at + TICK_FIELDS.busy] = view.utilization;
      fields[at + TICK_FIELDS.served] = total;
      fields[at + TICK_FIELDS.latencyMs] = total * meanMs;
      ticks++;
    },
    fields,
    offset: (tick) => (tick % size) * FIELDS,
    latencies: (tick) => counts[tick % size] as LatencyCounts,
  };
}

// Private

/** How often the live service looks how many are in service, and how many wait. */
const LOOK_MS = 1_000;

/** A queue of a moment is not one of five seconds: of the looks in a longer tick only the last is known, the others by Little's law. */
function meanLook(others: number, last: number, tickMs: number): number {
  const looks = Math.max(1, tickMs / LOOK_MS);
  return ((looks - 1) * others + last) / looks;
}
