import { concurrencyOf, enoughFor } from '../../signals/traffic-window.ts';
import type { Reading } from '../../signals/reading.ts';
import { NOT_APPLICABLE, reading, tooFew, UNSET } from '../../signals/reading.ts';
import type { Signals } from '../../signals/snapshot.ts';
import type { LatencyCounts } from './latency-counts.ts';
import type { View } from './scaler.ts';

/** The signals over the ticks of a window, as `signals/series.ts` would give them of the same seconds. */
export interface TickWindow {
  add(view: View): void;
  /** Of this moment: one object, whose numbers move with the window and are worked out when they are asked for. */
  readonly signals: Signals;
}

/** @param cpuBound a busy place is a busy core; else nothing is known of the CPU */
export function createTickWindow(windowMs: number, tickMs: number, cpuBound: boolean): TickWindow {
  const size = Math.max(1, Math.ceil(windowMs / tickMs));
  const ring = new Float64Array(size * FIELDS);
  const latencies: LatencyCounts[] = [];
  const sums = new Float64Array(FIELDS);
  let inWindow: LatencyCounts | null = null;
  let ticks = 0;
  let newest = 0;

  const enter = (field: number, value: number): void => {
    const at = (ticks % size) * FIELDS + field;
    const sum = (sums[field] as number) + value - (ring[at] as number);
    sums[field] = sum > NOTHING ? sum : 0;
    ring[at] = value;
  };
  const filled = (): number => Math.min(size, ticks);
  const sum = (field: number): number => sums[field] as number;
  const mean = (field: number): Reading => reading(sum(field) / Math.max(1, filled()));
  const percentile = (fraction: number): Reading => {
    const valueMs = inWindow?.percentileMs(fraction) ?? null;
    if (!inWindow || valueMs === null || sum(ARRIVALS) === 0) return NOT_APPLICABLE;
    return inWindow.total < enoughFor(fraction)
      ? tooFew(valueMs, Math.round(inWindow.total))
      : reading(valueMs);
  };

  return {
    add(view) {
      const slot = ticks % size;
      inWindow ??= view.latencies.empty();
      const before = latencies[slot];
      if (before) inWindow.remove(before);
      const kept = before ?? view.latencies.empty();
      kept.clear();
      kept.add(view.latencies);
      latencies[slot] = kept;
      inWindow.add(kept);
      enter(ARRIVALS, view.arrivals);
      enter(ERRORS, view.timedOut);
      enter(IN_FLIGHT, view.inFlight);
      enter(QUEUED, view.queued);
      enter(BUSY, view.ready > 0 ? view.utilization : 0);
      newest = view.inFlight;
      ticks++;
    },
    signals: {
      get cpu() {
        return cpuBound ? mean(BUSY) : NOT_APPLICABLE;
      },
      memory: UNSET,
      memoryBytes: NOT_APPLICABLE,
      get latencyP50Ms() {
        return percentile(0.5);
      },
      get latencyP95Ms() {
        return percentile(0.95);
      },
      get latencyP99Ms() {
        return percentile(0.99);
      },
      get errors() {
        const requests = sum(ARRIVALS);
        return requests === 0 ? NOT_APPLICABLE : reading(Math.min(1, sum(ERRORS) / requests));
      },
      get concurrency() {
        const count = Math.max(1, filled());
        const looks = { mean: sum(IN_FLIGHT) / count, count, newest };
        const perMs = sum(ARRIVALS) / (count * tickMs);
        return reading(
          concurrencyOf(looks, sum(QUEUED) > 0 ? null : perMs * (inWindow?.meanMs ?? 0)),
        );
      },
      get rps() {
        return reading((sum(ARRIVALS) * 1_000) / (Math.max(1, filled()) * tickMs));
      },
      get queued() {
        return mean(QUEUED);
      },
      eventLoopDelayMs: NOT_APPLICABLE,
      eventLoopUtilization: NOT_APPLICABLE,
      backlog: NOT_APPLICABLE,
      drainTimeMs: NOT_APPLICABLE,
    },
  };
}

// Private

const ARRIVALS = 0;
const ERRORS = 1;
const IN_FLIGHT = 2;
const QUEUED = 3;
const BUSY = 4;
const FIELDS = 5;

/** Requests come in parts here: this is what subtraction leaves of none. */
const NOTHING = 1e-6;
